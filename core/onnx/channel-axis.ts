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

function channelAxisAfter(node: Node, axes: ReadonlyMap<string, number>, shapes: ShapeMap): number {
  const source = node.inputs.find((name) => axes.has(name));
  const before = source === undefined ? 1 : (axes.get(source) ?? 1);
  if (channelFirst.has(node.opType)) return 1;
  if (node.opType === 'Transpose') return intsOf(node, 'perm')?.indexOf(before) ?? 3 - before;
  const rank = shapes.get(node.inputs[0])?.dims.length;
  // A product with a weight matrix, or a normalisation, over the last axis says that the channels are there.
  const overLast =
    node.opType === 'MatMul' || (node.opType === 'LayerNormalization' && intOf(node, 'axis', -1) === -1);
  return overLast && rank === 4 ? 3 : before;
}

/**
 * Which axis holds the channels of every rank-4 tensor: 1 after operators that are defined on [N, C, H, W], moved
 * by Transpose, last after a product or layer normalisation over the last axis, else as in the operand.
 */
export function channelAxes(
  graph: Graph,
  shapes: ShapeMap,
  layout: ImageLayout,
): ReadonlyMap<string, number> {
  const axes = new Map<string, number>(graph.inputs.map(({ name }) => [name, layout === 'NCHW' ? 1 : 3]));
  for (const node of graph.nodes) {
    const after = channelAxisAfter(node, axes, shapes);
    for (const name of node.outputs) if (shapes.get(name)?.dims.length === 4) axes.set(name, after);
  }
  return axes;
}
