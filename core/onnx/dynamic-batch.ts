import { TesseraError } from '../errors.ts';
import { int64, sizeOf } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { batchVectorFragment } from './batch-vectors.ts';
import { foldConstants } from './constant-folding.ts';
import type { Graph, Model, Node } from './graph.ts';
import { freshNames, makeNode, withBatchAxis } from './graph-edits.ts';
import { addNodeFacts, knownAtStart, propagate } from './propagate.ts';
import type { TensorFact } from './shape-rules/rule.ts';
import { declaredInputDims, withBatch } from './two-batches.ts';
import type { Facts, InputDims } from './two-batches.ts';

/** A model, and whether it takes several images at once. */
export interface BatchedModel {
  readonly model: Model;
  /** `fixed`: the batch could not be freed; run images one by one (or in the batch the file declares). */
  readonly batch: 'dynamic' | 'fixed';
}

const maxElements = 4096;

/** The graph under repair: what is known at batch 1 (the truth) and at batch 2 (followed as nodes are added). */
interface Repair {
  readonly single: Facts;
  readonly double: Map<string, TensorFact>;
  readonly nodes: Node[];
  readonly initializers: Map<string, Tensor>;
  readonly fresh: (stem: string) => string;
  readonly opsets: Model['opsets'];
  readonly input: string;
}

const dimsIn = (facts: Facts, name: string) => facts.get(name)?.dims ?? [];

/** The axis along which a tensor grows with the batch, or -1. */
function growingAxis({ single, double }: Repair, name: string): number {
  const before = dimsIn(single, name);
  return dimsIn(double, name).findIndex((size, axis) => size !== before[axis]);
}

function emit(repair: Repair, node: Node): void {
  addNodeFacts(repair.double, node, repair.opsets, maxElements);
  repair.nodes.push(node);
}

function addConstant({ initializers, double }: Repair, name: string, value: Tensor): string {
  initializers.set(name, value);
  double.set(name, { type: value.type, dims: value.dims, value });
  return name;
}

/** A shape whose one axis is multiplied by the batch, computed from the input's shape. */
function batchShape(repair: Repair, stem: string, dims: readonly number[], axis: number): string {
  const vector = {
    constant: dims.map((size, index) => (index === axis ? 0 : size)),
    factor: dims.map((size, index) => (index === axis ? size : 0)),
    dims: [dims.length],
  };
  const fragment = batchVectorFragment(vector, repair.input, repair.fresh(`${stem}/of_batch`), repair.fresh);
  for (const [name, value] of fragment.initializers) addConstant(repair, name, value);
  for (const node of fragment.nodes) emit(repair, node);
  return fragment.result;
}

/** A frozen target [1, ...] again, with -1 where the batch lies: where as many elements come before as in the input. */
function repairReshape(repair: Repair, node: Node): Node {
  const grown = growingAxis(repair, node.inputs[0]);
  if (grown < 0) return node;
  const before = sizeOf(dimsIn(repair.single, node.inputs[0]).slice(0, grown));
  const target = [...dimsIn(repair.single, node.outputs[0])];
  const axis = target.findIndex((_, index) => sizeOf(target.slice(0, index)) === before);
  if (axis < 0) return node;
  target[axis] = -1;
  const name = addConstant(repair, repair.fresh(`${node.outputs[0]}/target`), int64(target));
  return { ...node, inputs: [node.inputs[0], name], attributes: new Map() };
}

/** A frozen size that an Expand or a Resize is given. */
function repairSizes(repair: Repair, node: Node, index: number): Node {
  const grown = growingAxis(repair, node.inputs[0]);
  const isFrozen = repair.double.get(node.inputs[index] ?? '')?.value !== undefined;
  if (grown < 0 || !isFrozen) return node;
  const sizes = dimsIn(repair.single, node.outputs[0]);
  const axis = grown + sizes.length - dimsIn(repair.single, node.inputs[0]).length;
  const name = batchShape(repair, node.outputs[0], sizes, axis);
  return { ...node, inputs: node.inputs.map((input, at) => (at === index ? name : input)) };
}

/** Operands that do not grow beside operands that do, such as a class token: repeated for every image. */
function repairConcat(repair: Repair, node: Node): Node {
  const grown = Math.max(...node.inputs.map((name) => growingAxis(repair, name)));
  if (grown < 0) return node;
  const inputs = node.inputs.map((name) => {
    if (growingAxis(repair, name) === grown) return name;
    const shape = batchShape(repair, name, dimsIn(repair.single, name), grown);
    const repeated = repair.fresh(`${name}/repeated`);
    emit(repair, makeNode('Expand', [name, shape], [repeated]));
    return repeated;
  });
  return { ...node, inputs };
}

function repairNode(repair: Repair, node: Node): Node {
  switch (node.opType) {
    case 'Reshape':
      return repairReshape(repair, node);
    case 'Expand':
      return repairSizes(repair, node, 1);
    case 'Resize':
      return node.inputs[3] && !node.attributes.has('axes') ? repairSizes(repair, node, 3) : node;
    case 'Concat':
      return repairConcat(repair, node);
    default:
      return node;
  }
}

function repaired(model: Model, inputDims: InputDims): Model {
  const folded = foldConstants(model, inputDims);
  const { graph, opsets } = folded;
  const repair: Repair = {
    single: propagate(folded, withBatch(inputDims, 1), { maxElements }),
    double: knownAtStart(graph, withBatch(inputDims, 2)),
    nodes: [],
    initializers: new Map(graph.initializers),
    fresh: freshNames(folded),
    opsets,
    input: graph.inputs[0]?.name ?? '',
  };
  for (const node of graph.nodes) emit(repair, repairNode(repair, node));
  return withFreeBatch({
    ...folded,
    graph: { ...graph, nodes: repair.nodes, initializers: repair.initializers },
  });
}

function withFreeBatch(model: Model): Model {
  const { inputs, outputs } = model.graph;
  const graph: Graph = {
    ...model.graph,
    inputs: inputs.map(withBatchAxis),
    outputs: outputs.map(withBatchAxis),
    valueInfo: new Map(),
  };
  return { ...model, graph };
}

/** Whether every output has the batch as its first axis and is otherwise as for one image. */
function isBatched(model: Model, inputDims: InputDims): boolean {
  const [one, two, three] = [1, 2, 3].map((batch) =>
    propagate(model, withBatch(inputDims, batch), { maxElements }),
  );
  return model.graph.outputs.every(({ name }) => {
    const rest = dimsIn(one, name).slice(1).join();
    const follows = (facts: Facts, batch: number) => {
      const [first, ...others] = dimsIn(facts, name);
      return first === batch && others.join() === rest;
    };
    return follows(one, 1) && follows(two, 2) && follows(three, 3);
  });
}

function succeeds(attempt: () => Model | undefined): Model | undefined {
  try {
    return attempt();
  } catch (error) {
    // Shapes that do not fit at another batch size are the answer here, not a failure.
    if (error instanceof TesseraError) return undefined;
    throw error;
  }
}

/**
 * Frees the batch axis of a model, also of one exported for a single image: frozen Reshape, Expand and Resize
 * targets follow the batch, constants that are joined to the data (class tokens) are repeated.
 *
 * What was exported for one image is taken to treat several one by one; a model that mixes images (a sum over the
 * batch) comes back as it was, `fixed`. `inputDims` is needed where the model leaves its height and width free.
 */
export function withDynamicBatch(model: Model, inputDims?: InputDims): BatchedModel {
  const dims = withBatch(declaredInputDims(model, inputDims), 1);
  const asIs = succeeds(() => (isBatched(model, dims) ? withFreeBatch(model) : undefined));
  if (asIs) return { model: asIs, batch: 'dynamic' };
  const mended = succeeds(() => {
    const candidate = repaired(model, dims);
    return isBatched(candidate, dims) ? candidate : undefined;
  });
  return mended ? { model: mended, batch: 'dynamic' } : { model, batch: 'fixed' };
}
