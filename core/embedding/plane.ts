import { truncatedSvd } from '../factorization/truncated-svd.ts';
import { matrix, rowView, type Matrix } from '../linalg/matrix.ts';
import { plainGemm } from '../linalg/plain-gemm.ts';

/** Rows on the plane that they vary along most. */
export interface Plane {
  /** [n, 2] row-major. */
  readonly points: Float64Array;
  /** Share of the squared distances to the mean that the plane keeps, 0…1; undefined where all rows are equal. */
  readonly share: number | undefined;
}

/** Each column less its mean. */
function centred(a: Matrix): Matrix {
  const means = new Float64Array(a.cols);
  for (let row = 0; row < a.rows; row++) rowView(a, row).forEach((value, j) => (means[j] += value / a.rows));
  const out = matrix(a.rows, a.cols);
  for (let row = 0; row < a.rows; row++)
    rowView(a, row).forEach((value, j) => (out.data[row * a.cols + j] = value - means[j]));
  return out;
}

/** The two principal components of the rows of A [n, p] (Pearson 1901), by a seeded randomised SVD in plain code. */
export async function principalPlane(a: Matrix, seed: number): Promise<Plane> {
  const c = centred(a);
  const rank = Math.min(2, a.rows, a.cols);
  const bound = await plainGemm.bind(c);
  const { values, left } = await truncatedSvd(bound, rank, { seed, powerIterations: 4 });
  const whole = c.data.reduce((sum, value) => sum + value * value, 0);
  const points = new Float64Array(2 * a.rows);
  for (let axis = 0; axis < rank; axis++)
    for (let row = 0; row < a.rows; row++) points[2 * row + axis] = values[axis] * left[axis * a.rows + row];
  const kept = values.reduce((sum, value) => sum + value * value, 0);
  return { points, share: whole > 0 ? Math.min(1, kept / whole) : undefined };
}
