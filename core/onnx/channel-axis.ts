import { intOf, intsOf } from './attributes.ts';
import type { Graph, Node } from './graph.ts';
import type { ShapeMap } from './shapes.ts';
import type { ImageLayout } from './image-input.ts';

/** Operators that by definition take and give [N, C, H, W]. */
const channelFirst = new Set(
  (
    'Conv ConvTranspose MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool BatchNormalization ' +
    'InstanceNormalization GroupNormalization LRN DepthToSpace SpaceToDepth'
  ).split(' '),
);

/**
 * The channels' axis in another rank or shape: the last where they were last and are whole or joined by what stood
 * before them, the one after the batch where they stay there; else not known.
 */
function carriedAxis(before: readonly number[], axis: number, after: readonly number[]): number | undefined {
  const [channels, last] = [before[axis], after.length - 1];
  if (axis === before.length - 1 && after[last] % channels === 0) return last;
  return axis === 1 && after[1] === channels ? 1 : undefined;
}

function channelAxisAfter(
  node: Node,
  axes: ReadonlyMap<string, number>,
  shapes: ShapeMap,
): number | undefined {
  if (channelFirst.has(node.opType)) return 1;
  const source = node.inputs.find((name) => axes.has(name));
  const [from, to] = [source ?? node.inputs[0], node.outputs[0]].map((name) => shapes.get(name)?.dims ?? []);
  const before = source === undefined ? (from.length === 4 ? 1 : undefined) : axes.get(source);
  if (node.opType === 'Transpose')
    return before === undefined
      ? undefined
      : (intsOf(node, 'perm')?.indexOf(before) ?? from.length - 1 - before);
  // A product with a weight matrix, or a normalisation, over the last axis says that the channels are there.
  const last = to.length - 1;
  const overLast =
    node.opType === 'MatMul' ||
    (node.opType === 'LayerNormalization' && [-1, last].includes(intOf(node, 'axis', -1)));
  if (overLast) return last;
  if (before === undefined) return undefined;
  return node.opType === 'Reshape' || from.length !== to.length ? carriedAxis(from, before, to) : before;
}

/**
 * Which axis holds the channels of the tensors of rank 3 or more where it is known: 1 after operators that are defined
 * on [N, C, H, W], moved by Transpose, last after a product or layer normalisation over the last axis, carried through
 * a Reshape that keeps them whole, else as in the operand.
 */
export function channelAxes(
  graph: Graph,
  shapes: ShapeMap,
  layout: ImageLayout,
): ReadonlyMap<string, number> {
  const axes = new Map<string, number>(graph.inputs.map(({ name }) => [name, layout === 'NCHW' ? 1 : 3]));
  for (const node of graph.nodes) {
    const after = channelAxisAfter(node, axes, shapes);
    if (after === undefined) continue;
    for (const name of node.outputs) if ((shapes.get(name)?.dims.length ?? 0) >= 3) axes.set(name, after);
  }
  return axes;
}
