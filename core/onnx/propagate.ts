import { TesseraError } from '../errors.ts';
import { sizeOf } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { labelOf } from './attributes.ts';
import { constantOf, evaluateNode, evaluateShapeOf } from './evaluate/evaluate-node.ts';
import type { Graph, Model, Node, ValueInfo } from './graph.ts';
import { shapeRules } from './shape-rules/shape-rules.ts';
import type { NodeCall, TensorFact } from './shape-rules/rule.ts';

/** How large the constants are whose values are followed. */
export interface PropagateOptions {
  /** Constants larger than this are known by shape only, unless they are initializers. @default no limit */
  readonly maxElements?: number;
}

const factOf = (value: Tensor): TensorFact => ({ type: value.type, dims: value.dims, value });

function inputFact({ name, type, dims }: ValueInfo, given: readonly number[] | undefined): TensorFact {
  const sizes = given ?? dims;
  if (sizes?.every((size) => typeof size === 'number')) return { type, dims: sizes };
  throw new TesseraError(
    'bad-model',
    `The size of the input ${name} is not fixed: [${dims?.map((dim) => dim ?? '?').join(', ') ?? '?'}].`,
    {
      hint: 'Say for which input size the model is to be used.',
    },
  );
}

function ruleOf({ node, opset }: NodeCall) {
  const rule = node.domain === '' ? shapeRules.get(node.opType) : undefined;
  if (rule) return rule;
  const domain = node.domain === '' ? '' : ` of the domain ${node.domain}`;
  throw new TesseraError(
    'unsupported-operator',
    `${labelOf(node)}: the operator ${node.opType}${domain} (opset ${opset}) is not known here.`,
    { hint: hintFor(node) },
  );
}

/** What can be done about an operator that is not known, by what it is. */
function hintFor({ domain, opType }: Node): string {
  if (domain !== '') return 'Export the model with standard ONNX operators.';
  if (opType === 'If')
    return 'Which way the model goes depends on the picture: export it for one way, without branches on values.';
  if (/^(Loop|Scan|LSTM|GRU|RNN)$/.test(opType))
    return 'Convolutional networks and transformers are supported, recurrent layers and loops are not: choose a model without this operator.';
  if (/Sequence|Optional|^String|Regex|Tokenizer|Tfidf/.test(opType))
    return 'Lists of tensors and text are not supported: export the model so that tensors of numbers go in and out.';
  if (/^(NonMaxSuppression|NonZero|Unique|Compress|RoiAlign)$/.test(opType))
    return 'Detectors sort and pick boxes with it: take the model before this step, or a classifier.';
  return 'Convolutional networks and transformers are supported: choose a model without this operator, or export it with another opset.';
}

function inferNode(call: NodeCall, maxElements: number): readonly TensorFact[] {
  const constant = call.node.opType === 'Constant' ? constantOf(call) : evaluateShapeOf(call);
  if (constant) return [factOf(constant)];
  const outputs = ruleOf(call)(call);
  if (outputs.every(({ dims }) => sizeOf(dims) > maxElements)) return outputs;
  return evaluateNode(call, outputs)?.map(factOf) ?? outputs;
}

function callOf(node: Node, opset: number, facts: ReadonlyMap<string, TensorFact>): NodeCall {
  const inputs = node.inputs.map((name) => {
    if (name === '') return undefined;
    const fact = facts.get(name);
    if (fact) return fact;
    throw new TesseraError(
      'bad-model',
      `${labelOf(node)} reads the tensor ${name}, which nothing before it makes.`,
    );
  });
  return { node, opset, inputs };
}

/** Adds what follows for the outputs of one node to the known facts. Throws as {@link propagate}. */
export function addNodeFacts(
  facts: Map<string, TensorFact>,
  node: Node,
  opsets: Model['opsets'],
  maxElements = Infinity,
): void {
  const outputs = inferNode(callOf(node, opsets.get(node.domain) ?? 1, facts), maxElements);
  node.outputs.forEach((name, index) => {
    if (name !== '' && outputs[index]) facts.set(name, outputs[index]);
  });
}

/** What is known before the first node: initializers, and inputs of the given sizes. */
export function knownAtStart(
  graph: Graph,
  inputDims: ReadonlyMap<string, readonly number[]>,
): Map<string, TensorFact> {
  return new Map([
    ...[...graph.initializers].map(([name, value]) => [name, factOf(value)] as const),
    ...graph.inputs.map((input) => [input.name, inputFact(input, inputDims.get(input.name))] as const),
  ]);
}

/**
 * Types, concrete shapes and constant values of all tensors for the given input sizes.
 *
 * Throws TesseraError 'unsupported-operator' (operator without a rule, or a shape that depends on the data),
 * 'bad-model' (input size neither given nor fixed; a node reads what nothing makes).
 */
export function propagate(
  { graph, opsets }: Model,
  inputDims: ReadonlyMap<string, readonly number[]>,
  { maxElements = Infinity }: PropagateOptions = {},
): ReadonlyMap<string, TensorFact> {
  const facts = knownAtStart(graph, inputDims);
  for (const node of graph.nodes) addNodeFacts(facts, node, opsets, maxElements);
  return facts;
}
