/** X = V diag(values) Vᵀ; column k of `vectors` [n, n] belongs to values[k]. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Cyclic Jacobi rotations on the symmetric part of a row-major [n, n] array (Golub & Van Loan, sec. 8.5); small n. */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.map((value, at) => 0.5 * (value + matrix[(at % n) * n + Math.floor(at / n)]));
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 60 && offDiagonal(a, n) > 0; sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

function offDiagonal(a: Float64Array, n: number): number {
  let total = 0;
  let size = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      size += a[i * n + j] ** 2;
      if (i !== j) total += a[i * n + j] ** 2;
    }
  }
  return total > 1e-34 * size ? total : 0;
}

function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) mix(a, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k++) mix(a, p * n + k, q * n + k, c, s);
  for (let k = 0; k < n; k++) mix(vectors, k * n + p, k * n + q, c, s);
}

function mix(a: Float64Array, first: number, second: number, c: number, s: number): void {
  const [x, y] = [a[first], a[second]];
  a[first] = c * x - s * y;
  a[second] = s * x + c * y;
}
