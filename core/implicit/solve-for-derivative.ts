import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import type { DerivativeReport, Fallback } from './derivative-report.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import { warn } from './implicit-options.ts';
import type { ImplicitOptions } from './implicit-options.ts';
import type { Inspection } from './inspect-condition.ts';
import { denseMatrix, transposeSquare } from './linear-solve/linear-operator.ts';
import { assembledByDefault, linearSolver } from './linear-solve/linear-solve.ts';
import type { LinearOperator, LinearSolution, LinearSolveOptions } from './linear-solve/linear-operator.ts';
import { joined } from './linear-solve/iterative.ts';
import { blocksOf } from './linear-solve/per-block.ts';
import { nullSpace, solveSingular } from './linear-solve/minimum-norm.ts';
import { allFinite, norm, subtract } from './linear-solve/vector.ts';

/** uᵀ ∂F/∂args, all parts in one vector. */
export type ParameterProduct = (u: Float64Array) => Float64Array;

/** The defaults that go with the active backend's rounding, under the caller's own. */
function linearOptions(linear: LinearSolveOptions | undefined): LinearSolveOptions {
  const precise = tf.backend().epsilon() < 1e-10;
  return { tol: precise ? 1e-12 : 1e-6, rankTol: precise ? 1e-11 : 1e-6, ...linear };
}

/** The system of a derivative: (∂F/∂x)ᵀ u = b with what is asked of u, or ∂F/∂x d = b. */
export interface DerivativeSystem {
  readonly operator: LinearOperator;
  /** For the transposed system: uᵀ ∂F/∂args. */
  readonly product?: ParameterProduct;
  /** F at another point, the arguments as they are. */
  readonly residualAt: (x: Float64Array) => Float64Array;
  readonly x: Float64Array;
  readonly point: Inspection;
}

/**
 * Solves the system of a derivative by the options and says how it went. Where the default method finds a singular
 * matrix (up to 500 unknowns), the solution of least norm is taken if the derivative exists in that sense: every movement
 * of the parameters can be followed by x; or b lies in the range and F does not change at all along the directions that
 * the system leaves free (multipliers of redundant constraints, unused coefficients).
 */
export function solveWithReport(
  system: DerivativeSystem,
  b: Float64Array,
  { solve = 'auto', linear }: ImplicitOptions,
): { readonly x: Float64Array; readonly report: DerivativeReport } {
  if (!allFinite(b)) throw notFinite('the vector to differentiate along');
  const options = linearOptions(linear);
  const fallbacks: Fallback[] = system.point.onKink ? ['one-sided'] : [];
  let solution: LinearSolution;
  if (solve === 'minimum-norm') {
    solution = solveEach(system, b, (part, own) => solveSingular(part.operator, own, options, part.product));
  } else {
    solution = linearSolver(solve)(system.operator, b, options);
    if (solve === 'auto' && solution.status === 'breakdown' && assembledByDefault(system.operator)) {
      const regular = solution;
      solution = solveEach(
        system,
        b,
        (part, own, i) => keptSample(regular, i, own.length) ?? leastNormDerivative(part, own, options),
      );
      fallbacks.push('minimum-norm');
    }
  }
  const { x, ...report } = leavingOutFailures(solution);
  const displacement = largestDisplacement(system, x, b);
  return { x, report: { linear: report, optimality: system.point.optimality, displacement, fallbacks } };
}

/** Solves every sample of a batch by itself, as a system of its own. */
function solveEach(
  system: DerivativeSystem,
  b: Float64Array,
  solve: (part: DerivativeSystem, b: Float64Array, sample: number) => LinearSolution,
): LinearSolution {
  const { batch = 1, size } = system.operator;
  if (batch === 1) return solve(system, b, 0);
  const n = size / batch;
  const solutions = blocksOf(system.operator).map((operator, i) =>
    solve(sampleOf(system, operator, i), b.slice(i * n, (i + 1) * n), i),
  );
  return joined(solutions, n);
}

/** The system of one sample, the others standing still. */
function sampleOf(system: DerivativeSystem, operator: LinearOperator, sample: number): DerivativeSystem {
  const { x, product, residualAt, point } = system;
  const n = operator.size;
  const placed = (v: Float64Array, around: Float64Array): Float64Array => {
    const whole = Float64Array.from(around);
    whole.set(v, sample * n);
    return whole;
  };
  const own = (v: Float64Array): Float64Array => v.slice(sample * n, (sample + 1) * n);
  return {
    operator,
    point,
    x: own(x),
    residualAt: (v) => own(residualAt(placed(v, x))),
    ...(product ? { product: (u: Float64Array) => product(placed(u, new Float64Array(x.length))) } : {}),
  };
}

/** What was already found for a sample, unless it broke down. */
function keptSample({ x, samples }: LinearSolution, i: number, n: number): LinearSolution | undefined {
  const report = samples?.[i];
  if (!report || report.status === 'breakdown') return undefined;
  return { ...report, x: x.slice(i * n, (i + 1) * n) };
}

/** Samples of a batch that broke down count as 0: what they hold must not reach the others by shared arguments. */
function leavingOutFailures(solution: LinearSolution): LinearSolution {
  const { samples } = solution;
  if (!samples) return solution;
  const n = solution.x.length / samples.length;
  const x = solution.x.map((value, at) => (samples[Math.floor(at / n)].status === 'breakdown' ? 0 : value));
  return { ...solution, x };
}

function largestDisplacement(
  { operator, x, point }: DerivativeSystem,
  found: Float64Array,
  b: Float64Array,
): number {
  const { batch = 1, size } = operator;
  const n = size / batch;
  const norms = [found, b, point.values, x].map((v) =>
    Array.from({ length: batch }, (_, i) => norm(v.subarray(i * n, (i + 1) * n))),
  );
  const displacements = norms[0].map((gain, i) => {
    const [, right, residual, around] = norms.map((list) => list[i]);
    return right > 0 ? ((gain / right) * residual) / Math.max(1, around) : 0;
  });
  return displacements.reduce((most, value) => (value > most ? value : most), 0);
}

function leastNormDerivative(
  system: DerivativeSystem,
  b: Float64Array,
  options: LinearSolveOptions,
): LinearSolution {
  const solution = solveSingular(system.operator, b, options, system.product);
  if (solution.status !== 'converged') return solution;
  const corrections = solution.isDetermined ? CORRECTIONS : 0;
  return hasSolutionsAlong(system, options, corrections) ? solution : { ...solution, status: 'breakdown' };
}

/** Each makes the distance to a curve of solutions smaller by the length of the step. */
const CORRECTIONS = 4;

/**
 * Whether F keeps its value along every direction that the system leaves free: on the straight line, or on a curve near it, to
 * which so many least-norm steps lead back (scales of a factorisation). Where it does not, as at the root of |x - θ| or (x - θ)³,
 * the matrix vanishes there without saying how x moves.
 */
function hasSolutionsAlong(
  { operator, product, x, residualAt }: DerivativeSystem,
  { rankTol = 1e-11 }: LinearSolveOptions,
  corrections: number,
): boolean {
  const { size } = operator;
  const matrix = denseMatrix(operator);
  const { free, leastNorm } = nullSpace(product ? transposeSquare(matrix, size) : matrix, size, rankTol);
  const step = 1e-3 * Math.max(1, norm(x));
  const rounding = 100 * rankTol * Math.max(1, norm(matrix)) * step;
  const here = residualAt(x);
  return free.every((direction) => {
    let point: Float64Array = x.map((value, i) => value + step * direction[i]);
    for (let correction = 0; ; correction++) {
      const change = subtract(residualAt(point), here);
      if (norm(change) <= rounding) return true;
      if (correction === corrections) return false;
      point = subtract(point, leastNorm(change));
    }
  });
}

/** u of a gradient, reported and judged as the options say; throws what checkSolved and checkPoint throw. */
export function solveAdjointSystem(
  system: DerivativeSystem,
  dy: Float64Array,
  options: ImplicitOptions,
): Float64Array {
  const solved = solveWithReport(system, dy, options);
  options.onSolve?.(solved.report.linear);
  options.onDerivative?.(solved.report);
  const u = checkSolved(solved, options.onSolve !== undefined);
  checkPoint(solved.report, options);
  return u;
}

/** The solution of a linear system; ImplicitError 'not-differentiable' if it is not finite. */
export function requireFinite(x: Float64Array): Float64Array {
  if (!allFinite(x)) throw notFinite('the solution of the linear system');
  return x;
}

/** The solution of the system of a gradient; ImplicitError 'not-differentiable' when it has no answer. */
function checkSolved(
  { x, report: { linear } }: { readonly x: Float64Array; readonly report: DerivativeReport },
  mayFail: boolean,
): Float64Array {
  requireFinite(x);
  if (linear.status === 'converged' || mayFail) return x;
  const failed = (linear.samples ?? []).flatMap(({ status }, i) => (status === 'converged' ? [] : [i]));
  const of =
    failed.length > 0 ? ` (samples ${failed.slice(0, 10).join(', ')}${failed.length > 10 ? ', …' : ''})` : '';
  throw new ImplicitError(
    'not-differentiable',
    `implicit derivative: the linear system of ${x.length} unknowns was not solved${of}: ${linear.status}, ` +
      `relative residual ${linear.residual.toPrecision(3)}`,
    {
      hint: 'The derivative of the optimality condition by the solution may be singular here. Try { linear: { ridge: 1e-8 } }, { solve: "minimum-norm" } if the solution has a free gauge, or another solver.',
    },
  );
}

const UNSOLVED_HINT =
  'Let the solver run longer, or see whether F is the condition of what it solves. Stopping early on purpose? Pass { unsolved: "accept" }.';

const warned = new WeakSet<ImplicitOptions>();

/** Judges whether the point solves F, as the options say: ImplicitError 'not-solved', a warning, or nothing. */
function checkPoint({ displacement, optimality }: DerivativeReport, options: ImplicitOptions): void {
  const { unsolved = 'warn', unsolvedAbove = tf.backend().epsilon() < 1e-10 ? 1e-4 : 1e-2 } = options;
  if (unsolved === 'accept' || displacement <= unsolvedAbove) return;
  const message =
    `implicit derivative: the point does not solve the optimality condition: ‖F‖ = ${optimality.toPrecision(3)}, and a ` +
    `Newton step would move it by ${displacement.toPrecision(2)} of its size (at most ${unsolvedAbove} is taken for solved); ` +
    'the derivative is off by about as much';
  if (unsolved === 'throw') {
    throw new ImplicitError('not-solved', message, { hint: UNSOLVED_HINT });
  }
  if (!warned.has(options)) warn(`${message}. ${UNSOLVED_HINT}`, options);
  warned.add(options);
}

/** ImplicitError 'not-differentiable' if ∂F/∂args gave values that are not finite. */
export function checkDerivative(tensors: readonly tf.Tensor[]): void {
  if (!tensors.every((tensor) => allFinite(toFloat64(tensor)))) throw notFinite('the result');
}

function notFinite(what: string): ImplicitError {
  return new ImplicitError(
    'not-differentiable',
    `implicit derivative: ${what} has entries that are not finite`,
    {
      hint: 'Check that the optimality condition and its derivatives are finite at the solution (log 0, division by 0, 0 · Infinity).',
    },
  );
}
