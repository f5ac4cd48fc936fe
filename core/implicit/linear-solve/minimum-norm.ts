import { denseMatrix, transposeSquare } from './linear-operator.ts';
import type { LinearOperator, LinearSolution, LinearSolveOptions, LinearSolver } from './linear-operator.ts';
import { prepare } from './prepare.ts';
import { addScaled, dot, norm, subtract } from './vector.ts';

/**
 * The solution of least norm of a singular but consistent system, as gauge freedoms leave behind: A⁺ b.
 *
 * Assembles A; singular values by one-sided Jacobi rotations (Hestenes 1958), those below `rankTol` of the largest count
 * as zero. About 10 n³ operations a sweep and ten sweeps. `breakdown`: b is not in the range of A (residual above 1e-8 and tol).
 */
export const minimumNorm: LinearSolver = (operator, b, options = {}) => solveSingular(operator, b, options);

/** A least-norm solution and what it is worth. */
export interface SingularSolution extends LinearSolution {
  /**
   * Only where the residual is not 0: whether it meets no parameter all the same, see {@link solveSingular}. The residual is
   * then that of the part of b in the range.
   */
  readonly isDetermined: boolean;
}

/**
 * The same for the transposed system (∂F/∂x)ᵀ u = b of a reverse derivative, which only needs uᵀB with `product` u ↦ uᵀB:
 * A⁺ b also gives the derivative of least norm if the null space of A meets no column of B, that is, if every movement of
 * the parameters can be followed by x.
 */
export function solveSingular(
  operator: LinearOperator,
  b: Float64Array,
  options: LinearSolveOptions,
  product?: (u: Float64Array) => Float64Array,
): SingularSolution {
  const { a, tol, bNorm, finish } = prepare(operator, b, { ...options, init: new Float64Array(b.length) });
  const n = a.size;
  const matrix = denseMatrix(a);
  if (!matrix.every(Number.isFinite))
    return { ...finish(new Float64Array(n), 'breakdown', 0), isDetermined: false };
  const { rankTol = 1e-11 } = options;
  const vectors = singularVectors(matrix, n, rankTol);
  const { left, right, sizes, sweeps } = vectors;
  const shares = sharesOf(vectors, b);
  const x = combined(right, shares);
  const inRange = combined(left, shares);
  const solution = finish(x, 'converged', sweeps);
  const enough = Math.max(tol, 1e-8, 10 * rankTol);
  const isConsistent = solution.residual <= enough;
  const free = right.filter((_, k) => sizes[k] === 0);
  const residual = bNorm > 0 ? norm(subtract(inRange, a.apply(x))) / bNorm : 0;
  const isDetermined = product !== undefined && residual <= enough && meetsNothing(free, product, enough);
  if (isConsistent) return { ...solution, status: 'converged', isDetermined };
  return {
    ...solution,
    status: 'breakdown',
    ...(isDetermined ? { status: 'converged', residual } : {}),
    isDetermined,
  };
}

/** What a singular matrix leaves free, and the least that makes up for a value. */
interface NullSpace {
  /** An orthonormal basis of { v: A v = 0 }. */
  readonly free: readonly Float64Array[];
  /** A⁺ b. */
  readonly leastNorm: (b: Float64Array) => Float64Array;
}

/** Takes a row-major A [n, n] apart. */
export function nullSpace(matrix: Float64Array, n: number, rankTol: number): NullSpace {
  const vectors = singularVectors(matrix, n, rankTol);
  const { right, sizes } = vectors;
  return {
    free: right.filter((_, k) => sizes[k] === 0),
    leastNorm: (b) => combined(right, sharesOf(vectors, b)),
  };
}

/** How much of each right singular vector is in A⁺ b. */
function sharesOf({ left, sizes }: SingularVectors, b: Float64Array): readonly number[] {
  return sizes.map((size, k) => (size > 0 ? dot(left[k], b) / size / size : 0));
}

function combined(vectors: readonly Float64Array[], shares: readonly number[]): Float64Array {
  const sum = new Float64Array(vectors.length);
  shares.forEach((share, k) => {
    if (share !== 0) addScaled(sum, share, vectors[k]);
  });
  return sum;
}

/** Columns of A V and V, with the singular values that count; those below `rankTol` of the largest are set to 0. */
function singularVectors(matrix: Float64Array, n: number, rankTol: number): SingularVectors {
  const pairs = orthogonaliseColumns(matrix, n);
  const sizes = pairs.left.map(norm);
  const cutoff = rankTol * Math.max(...sizes);
  return { ...pairs, sizes: sizes.map((size) => (size > cutoff ? size : 0)) };
}

type SingularVectors = ColumnPairs & { readonly sizes: readonly number[] };

/** Whether uᵀB vanishes for the directions, measured against its size for a vector with all signs mixed. */
function meetsNothing(
  directions: readonly Float64Array[],
  product: (u: Float64Array) => Float64Array,
  tolerance: number,
): boolean {
  if (directions.length === 0) return true;
  const n = directions[0].length;
  const mixed = Float64Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1)));
  const scale = norm(product(mixed));
  return directions.every((direction) => norm(product(direction)) <= tolerance * scale);
}

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
