/**
 * Makes the rows of B [k, m] orthonormal in place by modified Gram–Schmidt, passed twice (Giraud & Langou 2002:
 * "twice is enough"). A row that depends on the earlier ones becomes zero.
 */
export function orthonormalizeRows(b: Float64Array, k: number, m: number): void {
  for (let i = 0; i < k; i++) {
    const row = b.subarray(i * m, (i + 1) * m);
    const before = Math.sqrt(squaredNorm(row));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) removeComponent(row, b.subarray(j * m, (j + 1) * m));
    }
    const norm = Math.sqrt(squaredNorm(row));
    const scale = norm > 1e-10 * before ? 1 / norm : 0;
    for (let t = 0; t < m; t++) row[t] *= scale;
  }
}

function removeComponent(row: Float64Array, unit: Float64Array): void {
  let dot = 0;
  for (let t = 0; t < row.length; t++) dot += row[t] * unit[t];
  if (dot === 0) return;
  for (let t = 0; t < row.length; t++) row[t] -= dot * unit[t];
}

function squaredNorm(row: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < row.length; t++) sum += row[t] * row[t];
  return sum;
}
