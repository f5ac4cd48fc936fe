import type { GraphBuilder } from './graph-builder.ts';

/**
 * Adjoint of broadcasting: sums cotangents [K, ...from] to [K, ...to].
 *
 * `to` must broadcast to `from` by the ONNX (NumPy) rule; K is kept.
 */
export function sumToShape(
  b: GraphBuilder,
  g: string,
  from: readonly number[],
  to: readonly number[],
): string {
  const extra = from.length - to.length;
  const axes = from.flatMap((dim, i) =>
    i < extra || (to[i - extra] === 1 && dim !== 1) ? [i - from.length] : [],
  );
  const sum = b.reduceSum(g, axes);
  return extra === 0 ? sum : b.reshape(sum, [-1, ...to]);
}
