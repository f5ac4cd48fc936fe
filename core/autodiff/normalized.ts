import type { ElementType } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** A centred and scaled tensor x̂ = (x - mean) · inverseStd, and the factor itself. */
export interface Normalized {
  readonly xHat: string;
  readonly inverseStd: string;
}

/** x̂ and 1/√(variance + ε) of x over `axes` (negative), as every normalisation layer computes them. */
export function normalize(
  b: GraphBuilder,
  x: string,
  axes: readonly number[],
  epsilon: number,
  type: ElementType,
): Normalized {
  const centred = b.sub(x, b.reduceMean(x, axes));
  const variance = b.reduceMean(b.mul(centred, centred), axes);
  const inverseStd = b.op('Reciprocal', [b.op('Sqrt', [b.add(variance, b.scalar(epsilon, type))])]);
  return { xHat: b.mul(centred, inverseStd), inverseStd };
}

/**
 * Cotangent of x from the cotangent of x̂: (g - mean(g) - x̂ · mean(g · x̂)) / std, means over `axes`.
 *
 * Source   Ioffe & Szegedy 2015, section 3, with the sums over the normalised axes.
 */
export function normalizedVjp(
  b: GraphBuilder,
  g: string,
  { xHat, inverseStd }: Normalized,
  axes: readonly number[],
): string {
  const along = b.mul(xHat, b.reduceMean(b.mul(g, xHat), axes));
  return b.mul(b.sub(b.sub(g, b.reduceMean(g, axes)), along), inverseStd);
}
