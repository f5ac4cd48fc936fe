import type { Graph } from './graph.ts';
import type { ShapeMap } from './shapes.ts';

/**
 * Tensors [N, heads, tokens, features], in any order of axes, between a product of data with data and the Reshape that
 * joins the heads again. Their four axes are no map, whatever their sizes. Constants are folded before.
 */
export function attentionHeads({ nodes, initializers }: Graph, shapes: ShapeMap): ReadonlySet<string> {
  const heads = new Set<string>();
  for (const { opType, inputs, outputs } of nodes) {
    const isProduct =
      (opType === 'MatMul' || opType === 'Einsum') && inputs.every((name) => !initializers.has(name));
    const isMoved = opType !== 'Reshape' && inputs.some((name) => heads.has(name));
    if (!isProduct && !isMoved) continue;
    for (const name of outputs) if (shapes.get(name)?.dims.length === 4) heads.add(name);
  }
  return heads;
}
