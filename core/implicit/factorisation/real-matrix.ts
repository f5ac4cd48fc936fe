/** A row-major real matrix on plain numbers, of either precision. */
export interface RealMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: ArrayLike<number>;
}

/** Xᵀ, copied. */
export function transposed({ rows, cols, data }: RealMatrix): RealMatrix {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j];
  return { rows: cols, cols: rows, data: out };
}

/** X·Y for X [n, k] and Y [k, m], row-major [n · m]; entries of X that are zero cost nothing. */
export function multiply(x: RealMatrix, y: RealMatrix): Float64Array {
  const out = new Float64Array(x.rows * y.cols);
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < x.cols; k++) {
      const amount = x.data[i * x.cols + k];
      if (amount === 0) continue;
      for (let j = 0; j < y.cols; j++) out[i * y.cols + j] += amount * y.data[k * y.cols + j];
    }
  }
  return out;
}
