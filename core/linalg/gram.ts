import type { Matrix } from './matrix.ts';
import { rowKernel } from './row-kernel.ts';

/** B·Bᵀ for B [r, p] -> [r, r] row-major, accumulated in float64. */
export function gramOfRows({ rows, cols, data }: Matrix): Float64Array {
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(data, i * cols, j * cols, cols);
      gram[i * rows + j] = value;
      gram[j * rows + i] = value;
    }
  }
  return gram;
}

function dot(data: Float32Array, a: number, b: number, length: number): number {
  let even = 0;
  let odd = 0;
  let k = 0;
  // Two chains of additions hide the latency of one.
  for (; k + 1 < length; k += 2) {
    even += data[a + k] * data[b + k];
    odd += data[a + k + 1] * data[b + k + 1];
  }
  return k < length ? even + odd + data[a + k] * data[b + k] : even + odd;
}

/** Bᵀ·B for B [n, r] -> [r, r] row-major, to float32's precision; in WebAssembly's vectors where there are any. */
export function gramOfColumns(b: Matrix): Float64Array {
  return rowKernel()?.gramOfColumns(b) ?? preciseGramOfColumns(b);
}

/**
 * `gramOfColumns` accumulated in float64; costs only the pairs that are not zero.
 *
 * @internal Tests compare with it.
 */
export function preciseGramOfColumns({ rows, cols: r, data }: Matrix): Float64Array {
  const gram = new Float64Array(r * r);
  const columns = new Int32Array(r);
  const values = new Float64Array(r);
  for (let row = 0, base = 0; row < rows; row++, base += r) {
    let count = 0;
    for (let k = 0; k < r; k++) {
      const value = data[base + k];
      if (value === 0) continue;
      columns[count] = k;
      values[count++] = value;
    }
    for (let i = 0; i < count; i++) {
      const target = columns[i] * r;
      for (let j = 0; j <= i; j++) gram[target + columns[j]] += values[i] * values[j];
    }
  }
  for (let i = 0; i < r; i++) for (let j = 0; j < i; j++) gram[j * r + i] = gram[i * r + j];
  return gram;
}
