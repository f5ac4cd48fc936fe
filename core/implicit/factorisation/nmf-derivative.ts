import { ImplicitError } from '../errors.ts';
import { cg } from '../linear-solve/cg.ts';
import { choleskyFactor } from '../linear-solve/cholesky-factor.ts';
import { denseMatrix } from '../linear-solve/linear-operator.ts';
import { addScaled, dot } from '../linear-solve/vector.ts';
import { symmetricEigen } from '../symmetric-eigen.ts';
import { factorHessian, type FactorHessian, type FactorPair } from './factor-hessian.ts';
import type { RealMatrix } from './real-matrix.ts';

/** How the freedom U·D, D⁻¹·W of a factorisation without penalty is taken away. */
export type NmfGauge =
  /** Every row of W keeps its length, as in a bank of unit directions. */
  | 'unit-rows'
  /** The shortest of all tangents. */
  | 'minimum-norm';

/** What was solved, and how its derivative is to be made unique. */
export interface NmfDerivativeOptions {
  /** Weight μ of ½μ(‖U‖² + ‖W‖²) in the problem that was solved. @default 0 */
  readonly penalty?: number;
  /** Without effect where μ > 0 leaves no freedom. @default 'unit-rows' */
  readonly gauge?: NmfGauge;
  /** Entries of U and W above it are free, the others held at zero. @default 0 */
  readonly zero?: number;
  /** Systems of more free entries are solved by iteration. @default 1500 */
  readonly denseUpTo?: number;
}

/** Derivative of a whole factorisation A ≈ U·W by A, U and W moving together. */
export interface NmfDerivative {
  /**
   * 'unique'; 'not-identifiable': here more than the scales is free, only the product U·W has a derivative, and the
   * factors' is the minimum-norm choice; 'not-a-minimum': the given point is a saddle, the derivative that of a
   * stationary point; 'unchecked': solved by iteration, which would not notice either.
   */
  readonly status: 'unique' | 'not-identifiable' | 'not-a-minimum' | 'unchecked';
  /** Free entries, and the smallest of them: one near zero may be about to leave. */
  readonly free: number;
  readonly smallestFree: number;
  /** Tangent of A [n · p] -> tangents of U and W. */
  jvp(tangent: ArrayLike<number>): FactorPair;
  /** Cotangents of U and W -> cotangent of A [n · p]. */
  vjp(cotangents: FactorPair): Float64Array;
}

/** Pivots and eigenvalues this small, relative to their own scale, are what rounding leaves of zero. */
const SINGULAR = 1e-11;

/** Relative residual at which the iteration ends. */
const ITERATION_TOLERANCE = 1e-12;

/**
 * Differentiates a local minimum of ½‖A - U·W‖² + ½μ(‖U‖² + ‖W‖²) over U, W >= 0 by A, from its KKT conditions.
 *
 * Entries at zero remain there; on the free ones H·(δU, δW) = (δA·Wᵀ, Uᵀ·δA), H the Hessian among them. For μ = 0
 * it has one zero eigenvalue a concept, its scale. The gauge C·(δU, δW) = 0 enters as H + CᵀC, whose solution is
 * exact because right-hand sides are orthogonal to the null space: nothing is squared.
 *
 * Shapes   a [n, p], u [n, r], w [r, p]; float64 inside.
 * Throws   ImplicitError: 'bad-tensor' for shapes that do not fit, 'not-differentiable' for an iteration without end.
 * Source   implicit function theorem on the reduced KKT system (Blondel et al. 2022, section 2); H by hand.
 * Limits   It is the derivative of the given local minimum. Dense: O(f³) for f free entries; above `denseUpTo`
 *          conjugate gradients, O(n·p·r) a step.
 */
export function nmfDerivative(
  a: RealMatrix,
  u: RealMatrix,
  w: RealMatrix,
  { penalty = 0, gauge = 'unit-rows', zero = 0, denseUpTo = 1500 }: NmfDerivativeOptions = {},
): NmfDerivative {
  if (u.rows !== a.rows || u.cols !== w.rows || w.cols !== a.cols) {
    throw new ImplicitError(
      'bad-tensor',
      `nmfDerivative: A ${shapeOf(a)} is no product of U ${shapeOf(u)} and W ${shapeOf(w)}`,
    );
  }
  const hessian = factorHessian(a, u, w, { penalty, zero });
  const isUnitRows = penalty === 0 && gauge === 'unit-rows';
  const { status, solve } = solverFor(hessian, isUnitRows, penalty > 0 || isUnitRows, denseUpTo);
  return {
    status,
    free: hessian.free,
    smallestFree: hessian.smallestFree,
    jvp: (tangent) => hessian.spread(solve(hessian.forcing(tangent))),
    vjp: (cotangents) => hessian.forcingTransposed(solve(hessian.gather(cotangents))),
  };
}

/** A symmetric generalised inverse of H. */
interface ReducedSolver {
  readonly status: NmfDerivative['status'];
  readonly solve: (b: Float64Array) => Float64Array;
}

function solverFor(
  hessian: FactorHessian,
  isUnitRows: boolean,
  isDefinite: boolean,
  denseUpTo: number,
): ReducedSolver {
  if (isDefinite && hessian.free > denseUpTo) return iterativeSolver(hessian, isUnitRows);
  const dense = denseMatrix({ size: hessian.free, apply: hessian.apply });
  return (isDefinite && choleskySolver(hessian, dense, isUnitRows)) || spectralSolver(hessian, dense);
}

/** Undefined where the gauged Hessian is not positive definite. */
function choleskySolver(
  { free, rowsOfBank }: FactorHessian,
  dense: Float64Array,
  isUnitRows: boolean,
): ReducedSolver | undefined {
  const gauged = dense.slice();
  for (const { places, values } of isUnitRows ? rowsOfBank : []) {
    places.forEach((i, a) => places.forEach((j, b) => (gauged[i * free + j] += values[a] * values[b])));
  }
  const { definite, solve } = choleskyFactor(gauged, free, SINGULAR);
  return definite ? { status: 'unique', solve } : undefined;
}

/** The pseudo-inverse; says how many directions beyond the scales were free. */
function spectralSolver({ free, rowsOfBank }: FactorHessian, dense: Float64Array): ReducedSolver {
  const { values, vectors } = symmetricEigen(dense, free);
  const cut = SINGULAR * values.reduce((most, value) => Math.max(most, value), -Infinity);
  const zeros = values.filter((value) => Math.abs(value) <= cut).length;
  const isSaddle = values.some((value) => value < -cut);
  const solve = (b: Float64Array): Float64Array => {
    const x = new Float64Array(free);
    values.forEach((value, k) => {
      if (Math.abs(value) <= cut) return;
      const vector = Float64Array.from({ length: free }, (_, i) => vectors[i * free + k]);
      addScaled(x, dot(vector, b) / value, vector);
    });
    return x;
  };
  const isUnique = zeros <= rowsOfBank.length;
  return { status: isSaddle ? 'not-a-minimum' : isUnique ? 'unique' : 'not-identifiable', solve };
}

/** Conjugate gradients on the gauged Hessian itself, preconditioned by its diagonal. */
function iterativeSolver(
  { free, rowsOfBank, diagonal, apply }: FactorHessian,
  isUnitRows: boolean,
): ReducedSolver {
  const gauged = (x: Float64Array): Float64Array => {
    const out = apply(x);
    for (const { places, values } of isUnitRows ? rowsOfBank : []) {
      const along = places.reduce((sum, i, a) => sum + values[a] * x[i], 0);
      places.forEach((i, a) => (out[i] += along * values[a]));
    }
    return out;
  };
  const solve = (b: Float64Array): Float64Array => {
    const { x, status } = cg({ size: free, apply: gauged }, b, {
      tol: ITERATION_TOLERANCE,
      maxIter: 20 * free,
      preconditioner: (r) => r.map((value, i) => value / diagonal[i]),
    });
    if (status === 'converged') return x;
    throw new ImplicitError('not-differentiable', `nmfDerivative: conjugate gradients ended with ${status}`, {
      hint: 'Raise denseUpTo for a direct solution, or refine the factors: they may not be at a minimum.',
    });
  };
  return { status: 'unchecked', solve };
}

const shapeOf = ({ rows, cols }: RealMatrix): string => `[${rows}, ${cols}]`;
