import { gramOfColumns } from '../linalg/gram.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { innerProduct, squaredResidual } from '../linalg/norms.ts';
import { transpose } from '../linalg/transpose.ts';
import type { BoundMatrix, RowDescent, RowDescentRequest } from '../platform.ts';
import {
  normalizeBank,
  type Factorization,
  type FactorizationOptions,
  type FactorizationStatus,
} from './factorization.ts';
import { sweepRows } from './hals.ts';
import { reseedDead, type Iterate } from './reseed.ts';

/** Sweeps of one factor for one product with A, which costs several times as much as all of them. */
export const SWEEPS = 4;
/** Stop once {@link DECREASE_WINDOW} iterations together lower the loss by less than this share of it. */
const MIN_DECREASE = 2e-4;
const DECREASE_WINDOW = 5;
/** A squared error below this share of ‖A‖² is dominated by rounding in the float32 products. */
const EXACT_BELOW = 1e-5;
/** Where a descent ended. */
export interface Descent {
  readonly best: Iterate;
  readonly status: FactorizationStatus;
  readonly losses: number[];
  readonly projectedGradient: number;
  readonly reseeded: number;
}

/** Where the next step starts, and what the extrapolation has learnt (Ang & Gillis 2019). */
interface Course {
  /** Lowest loss so far. */
  best: Iterate;
  /** Start of the next step; its bank may lie ahead of the newest. */
  from: Iterate;
  /** Coefficients before extrapolation, from the step that led to `best`. */
  newestU: Matrix;
  /** How far the next step goes past its result; 0 after a step that was taken back. */
  beta: number;
  /** The factor to return to, and its ceiling. */
  learntBeta: number;
  ceiling: number;
}

/** How the bank follows from the coefficients: the one thing in which NMF and semi-NMF differ. */
export interface BankRule {
  readonly isSigned: boolean;
  /**
   * Lowers the loss over Wᵀ [p, r], in place, given (Uᵀ·A)ᵀ [p, r] and Uᵀ·U [r, r]; returns the squared norm of the
   * (projected) gradient at the start, every component measured as if U's column had unit length.
   */
  update(wt: Matrix, correlation: Matrix, gram: Float64Array): number;
}

/**
 * Minimises ½‖A - U·W‖² from `start`, alternating coefficients (HALS) and bank (`rule`), extrapolated between
 * iterations and taken back whenever the loss would rise, so that the loss never does.
 */
export async function descend(
  activations: Matrix,
  bound: BoundMatrix,
  squaredNorm: number,
  rule: BankRule,
  { maxIter = 200, tol = 1e-4, onIteration, signal }: FactorizationOptions,
  start: Iterate,
): Promise<Descent> {
  const losses: number[] = [];
  const course: Course = { best: start, from: start, newestU: start.u, beta: 0, learntBeta: 0.5, ceiling: 1 };
  let firstGradient = 0;
  let projectedGradient = 1;
  let reseeded = 0;
  const end = (status: FactorizationStatus): Descent => ({
    best: course.best,
    status,
    losses,
    projectedGradient,
    reseeded,
  });
  for (let iteration = 1; iteration <= maxIter; iteration++) {
    signal?.throwIfAborted();
    const step = await takeStep(bound, squaredNorm, rule, course);
    if (!Number.isFinite(step.point.loss)) return end('non-finite');
    if (iteration === 1) firstGradient = step.gradient;
    projectedGradient = firstGradient > 0 ? step.gradient / firstGradient : 0;
    const wasPlain = course.beta === 0;
    const isAccepted = step.point.loss <= course.best.loss;
    if (isAccepted) advance(course, step.point, step.u, rule);
    else retreat(course);
    losses.push(course.best.loss);
    onIteration?.(iteration, course.best.loss);
    // A plain step can only fail to descend where rounding hides what is left.
    const isStuck = !isAccepted && wasPlain;
    if (isStuck || projectedGradient <= tol || hasStalled(losses)) return end('converged');
    const revived = isAccepted ? reseedDead(activations, course.best, rule.isSigned) : undefined;
    if (revived) {
      reseeded += revived.count;
      restartAt(course, revived.iterate);
    }
  }
  return end('max-iter-reached');
}

/** Takes the step, looks further ahead along it and grows bolder (constants of Ang & Gillis 2019, §3.2). */
function advance(course: Course, point: Iterate, u: Matrix, { isSigned }: BankRule): void {
  const previous = course.best;
  course.beta = course.learntBeta = Math.min(course.ceiling, course.learntBeta * 1.05);
  course.ceiling = Math.min(1, course.ceiling * 1.01);
  // The first step leaves a start that says nothing about the direction.
  const wt = Number.isFinite(previous.loss)
    ? extrapolate(point.wt, previous.wt, course.beta, isSigned)
    : point.wt;
  course.best = point;
  course.from = { ...point, wt };
  course.newestU = u;
}

/** Goes back to the best point, for one step without extrapolation and more caution after it. */
function retreat(course: Course): void {
  course.ceiling = course.learntBeta;
  course.learntBeta /= 1.5;
  restartAt(course, course.best);
}

function restartAt(course: Course, point: Iterate): void {
  course.best = point;
  course.from = point;
  course.newestU = point.u;
  course.beta = 0;
}

/** Coefficients given the bank, extrapolate, bank given the coefficients; with the loss of where that ends. */
async function takeStep(
  bound: BoundMatrix,
  squaredNorm: number,
  rule: BankRule,
  { from, newestU, beta }: Course,
) {
  const coefficients = { from: from.u, before: newestU, beta, bank: transpose(from.wt) };
  const { u, ahead, ...along } = await descendCoefficients(bound, {
    ...coefficients,
    gram: gramOfColumns(from.wt),
    sweeps: SWEEPS,
  });
  const wt = copy(from.wt);
  const forBank = transpose(await bound.transposedTimes(ahead));
  const gramU = along.gram;
  const gradientW = rule.update(wt, forBank, gramU);
  const cross = innerProduct(forBank.data, wt.data);
  const loss = (squaredNorm - 2 * cross + innerProduct(gramU, gramOfColumns(wt))) / 2;
  return { point: { u: ahead, wt, loss }, u, gradient: Math.sqrt(along.projected + gradientW) };
}

/** Where the product with A is carried out, in one with it where that is offered. */
async function descendCoefficients(bound: BoundMatrix, request: RowDescentRequest): Promise<RowDescent> {
  const inOne = await bound.descendRows?.(request);
  if (inOne !== undefined) return inOne;
  const { from, before, beta, bank, gram, sweeps } = request;
  const u = copy(from);
  const projected = sweepRows(u, await bound.timesTransposed(bank), gram, sweeps);
  const ahead = extrapolate(u, before, beta, false);
  return { u, ahead, projected, gram: gramOfColumns(ahead) };
}

/** X + beta·(X - previous), its negative part cut off unless the factor may be signed. */
function extrapolate(x: Matrix, previous: Matrix, beta: number, isSigned: boolean): Matrix {
  if (beta === 0) return x;
  const result = matrix(x.rows, x.cols);
  const [to, now, before] = [result.data, x.data, previous.data];
  const least = isSigned ? -Infinity : 0;
  for (let k = 0; k < to.length; k++) {
    const value = now[k] + beta * (now[k] - before[k]);
    // A NaN is kept, to be noticed in the loss.
    to[k] = value < least ? least : value;
  }
  return result;
}

/** Have the last iterations together lowered the loss by no more than a share of it? */
export function hasStalled(losses: readonly number[], share = MIN_DECREASE): boolean {
  if (losses.length <= DECREASE_WINDOW) return false;
  const newest = losses[losses.length - 1];
  return losses[losses.length - 1 - DECREASE_WINDOW] - newest <= share * newest;
}

function copy({ rows, cols, data }: Matrix): Matrix {
  return matrix(rows, cols, data.slice());
}

/** The result at the end of a descent, with unit bank rows. */
export function finish(activations: Matrix, squaredNorm: number, descent: Descent): Factorization {
  const { best, status, losses, projectedGradient, reseeded } = descent;
  const coefficients = copy(best.u);
  const conceptBank = transpose(best.wt);
  normalizeBank(coefficients, conceptBank);
  const share = (2 * best.loss) / squaredNorm;
  const squaredError =
    share < EXACT_BELOW ? squaredResidual(activations, coefficients, conceptBank) / squaredNorm : share;
  const stats = { iterations: losses.length, losses, projectedGradient, reseeded };
  return { coefficients, conceptBank, status, stats: { ...stats, relativeError: Math.sqrt(squaredError) } };
}

/** What there is to say about a zero matrix. */
export function allZero({ rows, cols }: Matrix, nComponents: number): Factorization {
  return {
    coefficients: matrix(rows, nComponents),
    conceptBank: matrix(nComponents, cols),
    status: 'all-zero',
    stats: { iterations: 0, losses: [], relativeError: 0, projectedGradient: 0, reseeded: 0 },
  };
}
