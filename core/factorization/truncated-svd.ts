import { matrix, type Matrix } from '../linalg/matrix.ts';
import { gramOfColumns } from '../linalg/gram.ts';
import { orthonormalizeRows } from '../linalg/orthonormal-rows.ts';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import type { BoundMatrix } from '../platform.ts';
import { createRandom } from '../random.ts';

/** A ≈ Σ_k σ_k · left_k · right_kᵀ, largest σ first; singular vectors are rows. */
export interface TruncatedSvd {
  readonly values: Float64Array;
  /** [k, n] row-major. */
  readonly left: Float64Array;
  /** [k, p] row-major. */
  readonly right: Float64Array;
}

interface TruncatedSvdOptions {
  readonly seed: number;
  /** Directions carried beyond `rank`. @default 10 */
  readonly oversampling?: number;
  /** More sharpen the vectors; a start for a descent gains nothing by them. @default 1 */
  readonly powerIterations?: number;
}

/**
 * The `rank` leading singular triplets of A [n, p] by a seeded randomised range finder with power iterations.
 *
 * Only products with A are needed, so A remains on its device. Source: Halko, Martinsson & Tropp 2011, Alg. 4.4, with
 * the range taken on the channel side, where orthonormalising is cheap. Singular values come from a Gram matrix:
 * those below about 1e-3 of the first are not resolved. Vectors of zero singular values are zero.
 */
export async function truncatedSvd(
  bound: BoundMatrix,
  rank: number,
  { seed, oversampling = 10, powerIterations = 1 }: TruncatedSvdOptions,
): Promise<TruncatedSvd> {
  const k = Math.min(rank + oversampling, bound.rows, bound.cols);
  const random = createRandom(seed);
  let basis = Float64Array.from({ length: k * bound.cols }, () => random.normal());
  orthonormalizeRows(basis, k, bound.cols);
  for (let iteration = 0; iteration < powerIterations; iteration++) {
    const image = await bound.timesTransposed(toMatrix(basis, k, bound.cols));
    basis = Float64Array.from((await bound.transposedTimes(image)).data);
    orthonormalizeRows(basis, k, bound.cols);
  }
  const image = await bound.timesTransposed(toMatrix(basis, k, bound.cols));
  return fromRange(image, basis, rank);
}

function toMatrix(values: Float64Array, rows: number, cols: number): Matrix {
  return matrix(rows, cols, Float32Array.from(values));
}

/** SVD of A ≈ image · basis, with image = A·basisᵀ [n, k] and orthonormal rows in `basis` [k, p]. */
function fromRange(image: Matrix, basis: Float64Array, rank: number): TruncatedSvd {
  const { cols: k, data } = image;
  const p = basis.length / k;
  const { values, vectors } = symmetricEigen(gramOfColumns(image), k);
  const svd = {
    values: values.slice(0, rank).map((value) => Math.sqrt(Math.max(value, 0))),
    left: new Float64Array(rank * image.rows),
    right: new Float64Array(rank * p),
  };
  const scales = svd.values.map((value) => (value > 1e-7 * svd.values[0] ? 1 / value : 0));
  writeLeft(svd.left, data, vectors, scales);
  for (let c = 0; c < rank; c++) {
    const vector = vectors.subarray(c * k, (c + 1) * k);
    const right = svd.right.subarray(c * p, (c + 1) * p);
    for (let j = 0; j < k; j++) {
      for (let t = 0; t < p; t++) right[t] += vector[j] * basis[j * p + t];
    }
  }
  return svd;
}

/** left_c = scale_c · image · vector_c; four vectors at a time, since each sum waits for its own last addition only. */
function writeLeft(
  left: Float64Array,
  image: Float32Array,
  vectors: Float64Array,
  scales: Float64Array,
): void {
  const rank = scales.length;
  const n = left.length / rank;
  const k = image.length / n;
  for (let c = 0; c < rank; c += 4) {
    const count = Math.min(4, rank - c);
    const [v0, v1, v2, v3] = [0, 1, 2, 3].map((own) => k * (c + Math.min(own, count - 1)));
    for (let i = 0, base = 0; i < n; i++, base += k) {
      let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
      for (let j = 0; j < k; j++) {
        const value = image[base + j];
        sum0 += value * vectors[v0 + j];
        sum1 += value * vectors[v1 + j];
        sum2 += value * vectors[v2 + j];
        sum3 += value * vectors[v3 + j];
      }
      left[c * n + i] = sum0 * scales[c];
      if (count > 1) left[(c + 1) * n + i] = sum1 * scales[c + 1];
      if (count > 2) left[(c + 2) * n + i] = sum2 * scales[c + 2];
      if (count > 3) left[(c + 3) * n + i] = sum3 * scales[c + 3];
    }
  }
}
