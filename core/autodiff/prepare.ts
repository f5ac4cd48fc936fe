import { TesseraError } from '../errors.ts';
import type { Graph, Model, Node } from '../onnx/graph.ts';
import { withoutDeadNodes } from '../onnx/graph-edits.ts';
import { propagate } from '../onnx/propagate.ts';
import type { TensorFact } from '../onnx/shape-rules/rule.ts';
import { nearestNames } from '../nearest-names.ts';
import type { ElementType } from '../tensor.ts';
import { isFloat } from './path.ts';
import { poolBeforeConcat, poolBeforeRelu } from './pool-exchange.ts';
import { BLACK_BOX_HINT } from './rule.ts';
import { OLDEST_OPSET, upgradeOpset } from './upgrade-opset.ts';

/** Between which tensors a model is cut, and for which input sizes. */
export interface CutRequest {
  readonly from: string;
  readonly to: string;
  readonly inputDims: ReadonlyMap<string, readonly number[]>;
}

/** The part of a model between two tensors, ready to be differentiated. */
export interface PreparedGraph {
  /** Starts at `from`, ends at `to`; constants folded, nothing unused. */
  readonly graph: Graph;
  readonly opset: number;
  readonly facts: ReadonlyMap<string, TensorFact>;
  readonly xDims: readonly number[];
  readonly aDims: readonly number[];
}

/** Weights are not unrolled beyond this many elements just to save a node. */
const MAX_FOLDED_ELEMENTS = 2 ** 24;

/** Cuts the graph out between the two tensors, folds what is constant at this size, brings it to opset 17 or later. */
export function prepare(model: Model, { from, to, inputDims }: CutRequest): PreparedGraph {
  requireTensor(model.graph, from);
  requireTensor(model.graph, to);
  const outputs = [...new Set([from, to])].map((name) => ({
    name,
    type: 'float32' as const,
    dims: undefined,
  }));
  const own = model.graph.inputs.filter(({ name }) => !model.graph.initializers.has(name));
  const pruned = withoutDeadNodes({ ...model.graph, inputs: own, outputs });
  const facts = factsOf({ ...model, graph: pruned }, inputDims);
  const opset = model.opsets.get('') ?? 1;
  const upgraded =
    opset < OLDEST_OPSET ? upgradeOpset({ ...model, graph: pruned }, facts) : { ...model, graph: pruned };
  const allFacts = upgraded.graph === pruned ? facts : factsOf(upgraded, inputDims);
  for (const name of [from, to]) requireFloat(name, allFacts.get(name)?.type);
  const ends = new Set([from, to]);
  const foldedGraph = { graph: folded(upgraded.graph, allFacts), facts: allFacts };
  const known = poolBeforeRelu(poolBeforeConcat(foldedGraph, ends), ends);
  return {
    graph: cutAt(known.graph, from, to),
    opset: Math.max(opset, OLDEST_OPSET),
    facts: known.facts,
    xDims: allFacts.get(from)?.dims ?? [],
    aDims: allFacts.get(to)?.dims ?? [],
  };
}

function factsOf(model: Model, inputDims: CutRequest['inputDims']): ReadonlyMap<string, TensorFact> {
  try {
    return propagate(model, inputDims, { maxElements: MAX_FOLDED_ELEMENTS });
  } catch (error) {
    if (!(error instanceof TesseraError) || error.code !== 'unsupported-operator') throw error;
    throw new TesseraError(error.code, error.message, { hint: BLACK_BOX_HINT, cause: error });
  }
}

function requireTensor(graph: Graph, name: string): void {
  const names = [
    ...graph.inputs.map((input) => input.name),
    ...graph.nodes.flatMap(({ outputs }) => outputs.filter((output) => output !== '')),
  ];
  if (names.includes(name)) return;
  const near = nearestNames(name, names);
  throw new TesseraError('unknown-name', `The model has no tensor "${name}".`, {
    ...(near.length > 0 && {
      hint: `Did you mean ${near.map((candidate) => `"${candidate}"`).join(', ')}?`,
    }),
  });
}

function requireFloat(name: string, type: ElementType | undefined): void {
  if (isFloat(type)) return;
  throw new TesseraError(
    'not-differentiable',
    `Tensor "${name}" holds ${type ?? 'unknown'} values; a gradient needs floating-point values at both ends.`,
    { hint: 'Choose a tensor of activations.' },
  );
}

/** Replaces every tensor whose value is known at this size by a constant. */
function folded(graph: Graph, facts: ReadonlyMap<string, TensorFact>): Graph {
  const isKnown = (name: string) => name === '' || facts.get(name)?.value !== undefined;
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.filter(({ outputs }) => !outputs.every(isKnown));
  for (const name of nodes.flatMap(({ inputs }) => inputs)) {
    const value = facts.get(name)?.value;
    if (name !== '' && value !== undefined) initializers.set(name, value);
  }
  return { ...graph, nodes, initializers };
}

/** Makes `from` an input; whatever computed it goes, unless something else needs it. */
function cutAt(graph: Graph, from: string, to: string): Graph {
  const nodes = graph.nodes.map((node): Node =>
    node.outputs.includes(from)
      ? { ...node, outputs: node.outputs.map((name) => (name === from ? `${from}/uncut` : name)) }
      : node,
  );
  const outputs = graph.outputs.filter(({ name }) => name === to);
  return withoutDeadNodes({ ...graph, nodes, outputs });
}
