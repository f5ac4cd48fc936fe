import { BugError } from '../errors.ts';
import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import { factorHessian, type FactorHessian, type FactorPair } from './factor-hessian.ts';
import type { RealMatrix } from './nnls-derivative.ts';

/** How the freedom U·D, D⁻¹·W of a factorisation without penalty is taken away. */
export type NmfGauge =
  /** Every row of W keeps its length, as in the concept banks made here. */
  | 'unit-rows'
  /** The shortest of all tangents. */
  | 'minimum-norm';

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
 * Entries at zero stay there; on the free ones H·(δU, δW) = (δA·Wᵀ, Uᵀ·δA), H the Hessian among them. For μ = 0
 * it has one zero eigenvalue a concept, its scale. The gauge C·(δU, δW) = 0 enters as H + CᵀC, whose solution is
 * exact because right-hand sides are orthogonal to the null space: nothing is squared.
 *
 * Shapes   activations [n, p], coefficients [n, r], conceptBank [r, p]; float64 inside.
 * Throws   BugError for shapes that do not fit, or an iteration that does not end.
 * Source   implicit function theorem on the reduced KKT system (Blondel et al. 2022, section 2); H by hand.
 * Limits   It is the derivative of the given local minimum. Dense: O(f³) for f free entries; above `denseUpTo`
 *          conjugate gradients, O(n·p·r) a step.
 */
export function nmfDerivative(
  activations: RealMatrix,
  coefficients: RealMatrix,
  conceptBank: RealMatrix,
  { penalty = 0, gauge = 'unit-rows', zero = 0, denseUpTo = 1500 }: NmfDerivativeOptions = {},
): NmfDerivative {
  const { rows: n, cols: p } = activations;
  const r = conceptBank.rows;
  if (coefficients.rows !== n || coefficients.cols !== r || conceptBank.cols !== p) {
    throw new BugError(
      `nmfDerivative: A [${n}, ${p}], U [${coefficients.rows}, ${coefficients.cols}], W [${r}, ${conceptBank.cols}]`,
    );
  }
  const hessian = factorHessian(activations, coefficients, conceptBank, { penalty, zero });
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
  const dense = denseHessian(hessian);
  return (isDefinite && choleskySolver(hessian, dense, isUnitRows)) || spectralSolver(hessian, dense);
}

function denseHessian({ free, apply }: FactorHessian): Float64Array {
  const dense = new Float64Array(free * free);
  const unit = new Float64Array(free);
  for (let i = 0; i < free; i++) {
    unit[i] = 1;
    dense.set(apply(unit), i * free);
    unit[i] = 0;
  }
  return dense;
}

/** Undefined where the gauged Hessian is not positive definite. */
function choleskySolver(
  { free, rowsOfBank }: FactorHessian,
  dense: Float64Array,
  isUnitRows: boolean,
): ReducedSolver | undefined {
  const factor = dense.slice();
  for (const { places, values } of isUnitRows ? rowsOfBank : []) {
    places.forEach((i, a) => places.forEach((j, b) => (factor[i * free + j] += values[a] * values[b])));
  }
  if (!choleskyFactor(factor, free, SINGULAR)) return undefined;
  const solve = (b: Float64Array): Float64Array => {
    const x = b.slice();
    choleskySolve(factor, free, x);
    return x;
  };
  return { status: 'unique', solve };
}

/** The pseudo-inverse; says how many directions beyond the scales were free. */
function spectralSolver({ free, rowsOfBank }: FactorHessian, dense: Float64Array): ReducedSolver {
  const { values, vectors } = symmetricEigen(dense, free);
  const cut = SINGULAR * values[0];
  const zeros = values.filter((value) => Math.abs(value) <= cut).length;
  const isSaddle = values[free - 1] < -cut;
  const solve = (b: Float64Array): Float64Array => {
    const x = new Float64Array(free);
    values.forEach((value, i) => {
      if (Math.abs(value) <= cut) return;
      const vector = vectors.subarray(i * free, (i + 1) * free);
      const share = vector.reduce((sum, entry, j) => sum + entry * b[j], 0) / value;
      for (let j = 0; j < free; j++) x[j] += share * vector[j];
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
    const x = new Float64Array(free);
    const residual = b.slice();
    let direction = residual.map((value, i) => value / diagonal[i]);
    let energy = dot(residual, direction);
    const target = ITERATION_TOLERANCE ** 2 * energy;
    for (let step = 0; energy > target; step++) {
      if (step > 20 * free) throw new BugError('nmfDerivative: conjugate gradients do not converge');
      const image = gauged(direction);
      const length = energy / dot(direction, image);
      for (let i = 0; i < free; i++) {
        x[i] += length * direction[i];
        residual[i] -= length * image[i];
      }
      const scaled = residual.map((value, i) => value / diagonal[i]);
      const next = dot(residual, scaled);
      direction = scaled.map((value, i) => value + (next / energy) * direction[i]);
      energy = next;
    }
    return x;
  };
  return { status: 'unchecked', solve };
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
