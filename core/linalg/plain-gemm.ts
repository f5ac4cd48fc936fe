import { invariant } from '../errors.ts';
import type { BoundMatrix, Gemm } from '../platform.ts';
import { matrix, type Matrix } from './matrix.ts';

/** Rows of the left factor and inner indices handled together, so that both panels remain in cache. */
const BLOCK_ROWS = 64;
const BLOCK_INNER = 256;

/** Matrix products in plain code, for tests and inputs too small to be worth a device. Sums in float64. */
export const plainGemm: Gemm = {
  bind: (a) => Promise.resolve(bindPlain(a)),
};

function bindPlain(a: Matrix): BoundMatrix {
  return {
    rows: a.rows,
    cols: a.cols,
    timesTransposed: async (b) => Promise.resolve(timesTransposed(a, b)),
    transposedTimes: async (b) => Promise.resolve(transposedTimes(a, b)),
    dispose: () => Promise.resolve(),
  };
}

/** A·Bᵀ for A [n, p], B [r, p] -> [n, r]. */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  invariant(a.cols === b.cols, `timesTransposed: A has ${a.cols} columns, B has ${b.cols}`);
  const sums = new Float64Array(BLOCK_ROWS * b.rows);
  const result = matrix(a.rows, b.rows);
  for (let top = 0; top < a.rows; top += BLOCK_ROWS) {
    const height = Math.min(BLOCK_ROWS, a.rows - top);
    sums.fill(0);
    for (let from = 0; from < a.cols; from += BLOCK_INNER) {
      addDotProducts(sums, a, b, top, height, from, Math.min(from + BLOCK_INNER, a.cols));
    }
    for (let k = 0; k < height * b.rows; k++) result.data[top * b.rows + k] = sums[k];
  }
  return result;
}

function addDotProducts(
  sums: Float64Array,
  a: Matrix,
  b: Matrix,
  top: number,
  height: number,
  from: number,
  to: number,
): void {
  for (let i = 0; i < height; i++) {
    const rowA = (top + i) * a.cols;
    for (let j = 0; j < b.rows; j++) {
      const rowB = j * b.cols;
      let sum = 0;
      for (let k = from; k < to; k++) sum += a.data[rowA + k] * b.data[rowB + k];
      sums[i * b.rows + j] += sum;
    }
  }
}

/** Bᵀ·A for B [n, r], A [n, p] -> [r, p]; zeros of B are skipped. */
function transposedTimes(a: Matrix, b: Matrix): Matrix {
  invariant(a.rows === b.rows, `transposedTimes: A has ${a.rows} rows, B has ${b.rows}`);
  const sums = new Float64Array(b.cols * a.cols);
  for (let from = 0; from < a.cols; from += BLOCK_INNER) {
    const to = Math.min(from + BLOCK_INNER, a.cols);
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j < b.cols; j++) {
        const weight = b.data[i * b.cols + j];
        if (weight === 0) continue;
        const target = j * a.cols;
        const source = i * a.cols;
        for (let k = from; k < to; k++) sums[target + k] += weight * a.data[source + k];
      }
    }
  }
  return matrix(b.cols, a.cols, Float32Array.from(sums));
}
