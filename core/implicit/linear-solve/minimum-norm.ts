import { denseMatrix, transposeSquare } from './linear-operator.ts';
import type { LinearSolver } from './linear-operator.ts';
import { prepare } from './prepare.ts';
import { addScaled, dot, norm } from './vector.ts';

/**
 * The solution of least norm of a singular but consistent system, as gauge freedoms leave behind: A⁺ b.
 *
 * Assembles A; singular values by one-sided Jacobi rotations (Hestenes 1958), those below 1e-11 of the largest count as
 * zero. About 10 n³ operations a sweep and ten sweeps. `breakdown`: b is not in the range of A (residual above 1e-8 and tol).
 */
export const minimumNorm: LinearSolver = (operator, b, options = {}) => {
  const { a, tol, finish } = prepare(operator, b, { ...options, init: new Float64Array(b.length) });
  const n = a.size;
  const matrix = denseMatrix(a);
  const x = new Float64Array(n);
  if (!matrix.every(Number.isFinite)) return finish(x, 'breakdown', 0);
  const { left, right, sweeps } = orthogonaliseColumns(matrix, n);
  const sizes = left.map(norm);
  const cutoff = 1e-11 * Math.max(...sizes);
  sizes.forEach((size, k) => {
    if (size > cutoff) addScaled(x, dot(left[k], b) / size / size, right[k]);
  });
  const solution = finish(x, 'converged', sweeps);
  return solution.residual <= Math.max(tol, 1e-8) ? solution : { ...solution, status: 'breakdown' };
};

interface ColumnPairs {
  /** Columns of A V: singular values times left singular vectors. */
  readonly left: Float64Array[];
  /** Columns of V. */
  readonly right: Float64Array[];
  readonly sweeps: number;
}

function orthogonaliseColumns(matrix: Float64Array, n: number): ColumnPairs {
  const columns = transposeSquare(matrix, n);
  const left = Array.from({ length: n }, (_, k) => columns.subarray(k * n, (k + 1) * n));
  const right = Array.from({ length: n }, (_, k) => {
    const unit = new Float64Array(n);
    unit[k] = 1;
    return unit;
  });
  for (let sweep = 1; sweep <= 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotated = rotatePair(left, right, p, q) || rotated;
    }
    if (!rotated) return { left, right, sweeps: sweep };
  }
  return { left, right, sweeps: 60 };
}

function rotatePair(left: Float64Array[], right: Float64Array[], p: number, q: number): boolean {
  const [u, w] = [left[p], left[q]];
  const [alpha, beta, gamma] = [dot(u, u), dot(w, w), dot(u, w)];
  if (!(Math.abs(gamma) > 1e-15 * Math.sqrt(alpha * beta)) || alpha * beta === 0) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.hypot(1, t);
  mix(u, w, c, c * t);
  mix(right[p], right[q], c, c * t);
  return true;
}

function mix(u: Float64Array, w: Float64Array, c: number, s: number): void {
  for (let i = 0; i < u.length; i++) {
    const [x, y] = [u[i], w[i]];
    u[i] = c * x - s * y;
    w[i] = s * x + c * y;
  }
}
