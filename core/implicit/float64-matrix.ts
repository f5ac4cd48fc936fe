/** Rows × rows product M Mᵀ of a row-major [rows, cols] array. */
export function rowGram(m: Float64Array, rows: number, cols: number): Float64Array {
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < cols; k++) sum += m[i * cols + k] * m[j * cols + k];
      gram[i * rows + j] = gram[j * rows + i] = sum;
    }
  }
  return gram;
}

/** M v of a row-major [rows, cols] array. */
export function timesVector(m: Float64Array, rows: number, cols: number, v: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < cols; k++) sum += m[i * cols + k] * v[k];
    return sum;
  });
}
