import type { Random } from '../random.ts';

/**
 * A random Latin hypercube -> [nPoints, nDims] row-major, in [0, 1): in every dimension, each of the nPoints
 * intervals of equal width holds exactly one point, uniform within it.
 *
 * Source  McKay, Beckman and Conover 1979, "A comparison of three methods ...", Technometrics 21.
 */
export function latinHypercube({
  nPoints,
  nDims,
  random,
}: {
  readonly nPoints: number;
  readonly nDims: number;
  readonly random: Random;
}): Float64Array {
  const points = new Float64Array(nPoints * nDims);
  for (let dim = 0; dim < nDims; dim++) {
    random.permutation(nPoints).forEach((cell, n) => {
      // A uniform just below 1 in the last cell may round up to 1.
      points[n * nDims + dim] = Math.min((cell + random.uniform()) / nPoints, 1 - 2 ** -53);
    });
  }
  return points;
}
