import { TesseraError } from '../errors.ts';
import { int64, sizeOf } from '../tensor.ts';
import { withSingleClass } from './class-slice.ts';
import { foldConstants } from './constant-folding.ts';
import type { Graph, Model, Node, ValueInfo } from './graph.ts';
import { freshNames, makeNode, readsOf, withGraph } from './graph-edits.ts';
import { inferShapes } from './shapes.ts';
import { atTwoBatches, batchAxisIn } from './two-batches.ts';
import type { TwoBatches } from './two-batches.ts';

/** A tensor between the linear part of a head and the rest. */
export interface FrontierTensor {
  /** Output of the affine model: [k, size]. */
  readonly output: string;
  /** Inputs of the rest: [r, size] and [size]. */
  readonly features: string;
  readonly offset: string;
  readonly size: number;
}

/** A head for one class or for all, cut where it stops being affine in its input. */
export interface SpecialisedHead {
  /** Activations [k, ...] -> every frontier tensor, flat. */
  readonly affine: Model;
  /** `masks` [n, r] and each frontier's features and offset -> `logit` [n], or all [n, …]; undefined when all is affine. */
  readonly rest: Model | undefined;
  /** Then logits = masks · features + offset of the only frontier tensor (its size is the number of logits). */
  readonly isAffine: boolean;
  readonly frontier: readonly FrontierTensor[];
}

/** What a head is specialised for. */
export interface SpecialiseOptions {
  /** Shape of the head's input at batch 1. */
  readonly latentDims: readonly number[];
  /** The class whose logit is kept; 'all' keeps the whole output. */
  readonly classIndex: number | 'all';
}

/** Affine in the first operand when all others are constant. */
const affineInFirst = new Set(
  (
    'Conv ConvTranspose BatchNormalization AveragePool GlobalAveragePool ReduceMean ReduceSum Reshape Flatten Transpose ' +
    'Squeeze Unsqueeze Identity Dropout Pad Resize Upsample Gather Slice Split Expand Tile DepthToSpace SpaceToDepth Neg Div'
  ).split(' '),
);
/** Affine when at most one operand is not constant. */
const affineInOne = new Set(['Mul', 'MatMul', 'Gemm', 'Einsum']);
/** Affine in all operands. */
const affineInAll = new Set(['Add', 'Sub', 'Sum', 'Concat']);

function isAffineNode(node: Node, varies: ReadonlySet<string>): boolean {
  const varying = node.inputs.map((name) => varies.has(name));
  if (affineInAll.has(node.opType)) return true;
  if (affineInOne.has(node.opType)) return varying.filter(Boolean).length === 1;
  return affineInFirst.has(node.opType) && varying[0] && !varying.slice(1).some(Boolean);
}

interface Partition {
  /** Tensors that depend on the values of the head's input. */
  readonly varies: ReadonlySet<string>;
  /** Those of them that are affine in it, with one row an item. */
  readonly affine: ReadonlySet<string>;
}

function partition(graph: Graph, two: TwoBatches): Partition {
  const input = graph.inputs[0].name;
  const varies = new Set([input]);
  const affine = new Set([input]);
  for (const node of graph.nodes) {
    const reads = readsOf(node).filter((name) => varies.has(name));
    if (node.opType === 'Shape' || reads.length === 0) continue;
    const rowsStay = node.outputs.every((name) => name === '' || batchAxisIn(two, name) === 0);
    const isAffine = rowsStay && reads.every((name) => affine.has(name)) && isAffineNode(node, varies);
    for (const name of node.outputs) {
      varies.add(name);
      if (isAffine) affine.add(name);
    }
  }
  return { varies, affine };
}

/** Affine tensors that something not affine reads, or that are the output. */
function frontierOf(graph: Graph, { varies, affine }: Partition): readonly string[] {
  const beyond = graph.nodes.filter(
    ({ opType, outputs }) =>
      opType !== 'Shape' && outputs.some((name) => varies.has(name) && !affine.has(name)),
  );
  const read = [...beyond.flatMap(readsOf), graph.outputs[0].name];
  return [...new Set(read.filter((name) => affine.has(name)))];
}

function affineModel(model: Model, names: readonly string[], frontier: readonly FrontierTensor[]): Model {
  const nodes = frontier.map(({ output }, index) =>
    makeNode('Flatten', [names[index]], [output], new Map([['axis', { type: 'int', value: 1 }]])),
  );
  // The logit itself is [N], which Flatten turns into [N, 1].
  const outputs = frontier.map(({ output, size }): ValueInfo => ({
    name: output,
    type: 'float32',
    dims: ['batch', size],
  }));
  return withGraph(model, { nodes: [...model.graph.nodes, ...nodes], outputs });
}

function restModel(
  model: Model,
  parts: Partition,
  frontier: readonly FrontierTensor[],
  names: readonly string[],
  two: TwoBatches,
): Model {
  const { graph } = model;
  const fresh = freshNames(model);
  const initializers = new Map(graph.initializers);
  const made = frontier.flatMap(({ features, offset }, index) => {
    const name = names[index];
    const [product, sum, target] = ['product', 'sum', 'target'].map((part) => fresh(`${name}/${part}`));
    initializers.set(target, int64([-1, ...(two.facts[0].get(name)?.dims ?? []).slice(1)]));
    return [
      makeNode('MatMul', ['masks', features], [product]),
      makeNode('Add', [product, offset], [sum]),
      makeNode('Reshape', [sum, target], [name]),
    ];
  });
  const kept = graph.nodes.filter(({ outputs }) => !outputs.some((name) => parts.affine.has(name)));
  // Shape arithmetic asks only for the batch (the head is folded), which is the number of masks here.
  const anchored = kept.map((node) =>
    node.opType === 'Shape' && parts.affine.has(node.inputs[0]) && !names.includes(node.inputs[0])
      ? { ...node, inputs: ['masks'] }
      : node,
  );
  const inputs: ValueInfo[] = [
    { name: 'masks', type: 'float32', dims: ['batch', 'concepts'] },
    ...frontier.flatMap(({ features, offset, size }): ValueInfo[] => [
      { name: features, type: 'float32', dims: ['concepts', size] },
      { name: offset, type: 'float32', dims: [size] },
    ]),
  ];
  return withGraph(model, { inputs, nodes: [...made, ...anchored], initializers });
}

function checkClass(head: Model, classes: number | undefined, classIndex: number): void {
  if (classes !== undefined && Number.isInteger(classIndex) && classIndex >= 0 && classIndex < classes)
    return;
  throw new TesseraError(
    'unknown-name',
    `There is no class ${classIndex}: the output ${head.graph.outputs[0].name} has ${classes ?? 'an unknown number of'} classes.`,
    {
      hint: `Choose a class from 0 to ${(classes ?? 1) - 1}.`,
    },
  );
}

/**
 * Prepares a head for many evaluations at masked concepts, a(m) = sum over c of m_c · a_c.
 *
 * The head is reduced to one class's score, unless all are asked for. Its leading affine part G (convolution, pooling, batch norm, products
 * with constants, moves of elements) obeys G(a(m)) = sum of m_c · (G(a_c) - G(0)) + G(0), so the caller evaluates `affine`
 * once on the r activations a_c and once on zeros: offset = G(0), features_c = G(a_c) - offset. `rest` then takes
 * all masks at once. The same numbers as the head, up to rounding.
 *
 * Throws TesseraError 'unknown-name' for a class that does not exist, and as foldConstants.
 */
export function specialiseHead(head: Model, { latentDims, classIndex }: SpecialiseOptions): SpecialisedHead {
  const dims = new Map([[head.graph.inputs[0].name, latentDims]]);
  const folded = foldConstants(head, dims);
  const shapes = inferShapes(folded, dims);
  if (classIndex !== 'all') checkClass(folded, shapes.get(folded.graph.outputs[0].name)?.dims[1], classIndex);
  const single = classIndex === 'all' ? folded : withSingleClass(folded, shapes, classIndex);
  const two = atTwoBatches(single, dims, { maxElements: 4096 });
  const parts = partition(single.graph, two);
  const names = frontierOf(single.graph, parts);
  const frontier = names.map((name, index) => ({
    output: `frontier_${index}`,
    features: `features_${index}`,
    offset: `offset_${index}`,
    size: sizeOf((two.facts[0].get(name)?.dims ?? []).slice(1)),
  }));
  const isAffine = names.length === 1 && names[0] === single.graph.outputs[0].name;
  const rest = isAffine ? undefined : restModel(single, parts, frontier, names, two);
  return { affine: affineModel(single, names, frontier), rest, isAffine, frontier };
}
