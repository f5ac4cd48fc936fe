/**
 * Cholesky factor of a symmetric positive definite matrix, in place: A = L·Lᵀ.
 *
 * `a` is [n, n] row-major; only its lower triangle is read and overwritten by L. Returns false, leaving `a` half
 * done, as soon as a pivot falls to `tolerance` times its diagonal entry: A is then singular to working precision.
 */
export function choleskyFactor(a: Float64Array, n: number, tolerance = 1e-13): boolean {
  for (let j = 0; j < n; j++) {
    const rowJ = j * n;
    let pivot = a[rowJ + j];
    const threshold = tolerance * pivot;
    for (let k = 0; k < j; k++) pivot -= a[rowJ + k] ** 2;
    if (!(pivot > threshold)) return false;
    const root = Math.sqrt(pivot);
    a[rowJ + j] = root;
    for (let i = j + 1; i < n; i++) {
      const rowI = i * n;
      let sum = a[rowI + j];
      for (let k = 0; k < j; k++) sum -= a[rowI + k] * a[rowJ + k];
      a[rowI + j] = sum / root;
    }
  }
  return true;
}

/** Solves L·Lᵀ·x = b in place, given the factor of {@link choleskyFactor}; `x` holds b on entry. */
export function choleskySolve(l: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= l[i * n + k] * x[k];
    x[i] = sum / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * x[k];
    x[i] = sum / l[i * n + i];
  }
}
