import type { Matrix } from './matrix.ts';

/** Sum of products of two arrays of equal length, in float64. */
export function innerProduct(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Squared L2 norm of every row -> [rows], in float64. */
export function squaredRowNorms({ rows, cols, data }: Matrix): Float64Array {
  const norms = new Float64Array(rows);
  for (let row = 0, base = 0; row < rows; row++, base += cols) {
    let sum = 0;
    for (let k = base; k < base + cols; k++) if (data[k] !== 0) sum += data[k] * data[k];
    norms[row] = sum;
  }
  return norms;
}

/** ‖A - U·W‖² for A [n, p], U [n, r], W [r, p], row by row in float64: O(n·p·r), exact where differences cancel. */
export function squaredResidual(a: Matrix, u: Matrix, w: Matrix): number {
  const residual = new Float64Array(a.cols);
  let sum = 0;
  for (let row = 0; row < a.rows; row++) {
    residualRow(a, u, w, row, residual);
    for (const value of residual) sum += value * value;
  }
  return sum;
}

/** Row `row` of A - U·W, written to `target` [p]. */
export function residualRow(a: Matrix, u: Matrix, w: Matrix, row: number, target: Float64Array): void {
  const p = a.cols;
  for (let j = 0; j < p; j++) target[j] = a.data[row * p + j];
  for (let k = 0; k < u.cols; k++) {
    const weight = u.data[row * u.cols + k];
    if (weight === 0) continue;
    const base = k * p;
    for (let j = 0; j < p; j++) target[j] -= weight * w.data[base + j];
  }
}
