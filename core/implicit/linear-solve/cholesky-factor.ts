/** A = L Lᵀ of a symmetric positive definite matrix. */
export interface CholeskyFactor {
  /** False when a pivot is not positive: A is not positive definite, and `solve` is meaningless. */
  readonly definite: boolean;
  /** A⁻¹ b. */
  readonly solve: (b: Float64Array) => Float64Array;
}

/**
 * Factorises a row-major symmetric matrix; reads its lower triangle only. O(n³ / 6). Pivots down to `tolerance` times
 * their diagonal entry count as not positive.
 */
export function choleskyFactor(
  matrix: Float64Array,
  n: number,
  tolerance = n * Number.EPSILON,
): CholeskyFactor {
  const l = Float64Array.from(matrix);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = l[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i > j) l[i * n + j] = sum / l[j * n + j];
      else if (sum > tolerance * Math.abs(matrix[j * n + j])) l[j * n + j] = Math.sqrt(sum);
      else return { definite: false, solve: (b) => b.map(() => NaN) };
    }
  }
  return { definite: true, solve: (b) => substitute(l, n, b) };
}

function substitute(l: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i] -= l[i * n + j] * x[j];
    x[i] /= l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= l[j * n + i] * x[j];
    x[i] /= l[i * n + i];
  }
  return x;
}
