import type { Matrix } from '../linalg/matrix.ts';

/** Indices of the scores from the largest to the smallest; equal ones keep their order, NaN comes last. */
export function orderBy(scores: ArrayLike<number>): number[] {
  const rank = (index: number): number => (Number.isNaN(scores[index]) ? -Infinity : scores[index]);
  return Array.from({ length: scores.length }, (_, index) => index).sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x === y ? a - b : y - x;
  });
}

/**
 * Mean coefficient of every concept over all positions of all images: how much of it there is, whatever the model makes
 * of it.
 *
 * Shapes   coefficients of each image [positions, r], at least one image; returns [r]. Bank rows have unit length, so
 *          that the sizes of different concepts can be compared.
 */
export function coefficientSizes(coefficients: readonly Matrix[]): Float64Array {
  const [{ cols }] = coefficients;
  const sizes = new Float64Array(cols);
  let rows = 0;
  for (const { data, rows: positions } of coefficients) {
    rows += positions;
    for (let k = 0; k < data.length; k++) sizes[k % cols] += data[k];
  }
  return sizes.map((sum) => sum / rows);
}
