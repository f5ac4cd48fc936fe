import { gramOfColumns } from '../linalg/gram.ts';
import { matrix, takeRows, type Matrix } from '../linalg/matrix.ts';
import { innerProduct, squaredResidual } from '../linalg/norms.ts';
import { transpose } from '../linalg/transpose.ts';
import type { BoundMatrix, Gemm } from '../platform.ts';
import { createRandom } from '../random.ts';
import {
  checkOptions,
  normalizeBank,
  scanActivations,
  type Factorization,
  type FactorizationOptions,
  type FactorizationStatus,
} from './factorization.ts';
import { sweepRows } from './hals.ts';
import { nndsvd } from './nndsvd.ts';
import { reseedDead, type Iterate } from './reseed.ts';

/** Sweeps of one factor for one product with A. More settle the factor better but, with extrapolation, gain nothing. */
const SWEEPS = 2;
/** Stop once {@link DECREASE_WINDOW} iterations together lower the loss by less than this share of it. */
const MIN_DECREASE = 2e-4;
const DECREASE_WINDOW = 5;
/** A squared error below this share of ‖A‖² is dominated by rounding in the float32 products. */
const EXACT_BELOW = 1e-5;
/** Rows that stand for all in the singular vectors of the start, where there are at least four times as many. */
const SVD_ROWS = 2048;

/**
 * Non-negative factorisation of activations into concepts: minimises ½‖A - U·W‖² over U, W >= 0.
 *
 * Shapes   A activations [n, p] >= 0 and finite; U coefficients [n, r]; W concept bank [r, p] with unit rows.
 * Method   NNDSVDa start; HALS with several sweeps a product (see `sweepRows`), extrapolated between iterations and
 *          taken back whenever the loss would rise, so that the loss never increases; dead concepts started anew.
 * Status   'converged' (projected gradient below `tol` of its start, Lin 2007, or the loss has stopped falling),
 *          'max-iter-reached', 'all-zero' (A is zero, so are the factors), 'non-finite' (the products overflowed).
 * Throws   TesseraError 'bad-usage' for a wrong option, 'bad-tensor' for a negative or non-finite entry of A; the
 *          signal's reason when aborted.
 * Source   Cichocki & Phan 2009; Gillis & Glineur 2012; Ang & Gillis 2019, Alg. 2 (extrapolation).
 * Limits   O(n·p·r) an iteration through `gemm`; a local minimum, as every method for this problem.
 */
export async function nmf(activations: Matrix, options: FactorizationOptions): Promise<Factorization> {
  checkOptions('nmf', activations, options);
  const sums = scanActivations('nmf', activations, { nonNegative: true });
  const { nComponents, gemm, seed = 0 } = options;
  if (sums.squaredNorm === 0) return allZero(activations, nComponents);
  const bound = await gemm.bind(activations);
  try {
    const range = await bindSample(activations, gemm, seed);
    const start = await nndsvd(bound, { nComponents, mean: sums.mean, seed, range });
    await range?.dispose();
    const descent = await descend(activations, bound, sums.squaredNorm, options, {
      u: start.coefficients,
      wt: transpose(start.conceptBank),
      loss: Infinity,
    });
    return finish(activations, sums.squaredNorm, descent);
  } finally {
    await bound.dispose();
  }
}

/** Some rows of A drawn at random, or undefined when A has too few to be worth it. */
async function bindSample(a: Matrix, gemm: Gemm, seed: number): Promise<BoundMatrix | undefined> {
  if (a.rows < 4 * SVD_ROWS) return undefined;
  return gemm.bind(takeRows(a, createRandom(seed).permutation(a.rows).subarray(0, SVD_ROWS).sort()));
}

interface Descent {
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

async function descend(
  activations: Matrix,
  bound: BoundMatrix,
  squaredNorm: number,
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
    const step = await halsStep(bound, squaredNorm, course);
    if (!Number.isFinite(step.point.loss)) return end('non-finite');
    if (iteration === 1) firstGradient = step.gradient;
    projectedGradient = firstGradient > 0 ? step.gradient / firstGradient : 0;
    const wasPlain = course.beta === 0;
    const isAccepted = step.point.loss <= course.best.loss;
    if (isAccepted) advance(course, step.point, step.u);
    else retreat(course);
    losses.push(course.best.loss);
    onIteration?.(iteration, course.best.loss);
    // A plain step can only fail to descend where rounding hides what is left.
    const isStuck = !isAccepted && wasPlain;
    if (isStuck || projectedGradient <= tol || hasStalled(losses)) return end('converged');
    const revived = isAccepted ? reseedDead(activations, course.best) : undefined;
    if (revived) {
      reseeded += revived.count;
      restartAt(course, revived.iterate);
    }
  }
  return end('max-iter-reached');
}

/** Takes the step, looks further ahead along it and grows bolder (constants of Ang & Gillis 2019, §3.2). */
function advance(course: Course, point: Iterate, u: Matrix): void {
  const previous = course.best;
  course.beta = course.learntBeta = Math.min(course.ceiling, course.learntBeta * 1.05);
  course.ceiling = Math.min(1, course.ceiling * 1.01);
  // The first step leaves a start that says nothing about the direction.
  const wt = Number.isFinite(previous.loss) ? extrapolate(point.wt, previous.wt, course.beta) : point.wt;
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
async function halsStep(bound: BoundMatrix, squaredNorm: number, { from, newestU, beta }: Course) {
  const u = copy(from.u);
  const forCoefficients = await bound.timesTransposed(transpose(from.wt));
  const gradientU = sweepRows(u, forCoefficients, gramOfColumns(from.wt), SWEEPS);
  const ahead = extrapolate(u, newestU, beta);
  const wt = copy(from.wt);
  const forBank = transpose(await bound.transposedTimes(ahead));
  const gramU = gramOfColumns(ahead);
  const gradientW = sweepRows(wt, forBank, gramU, SWEEPS);
  const cross = innerProduct(forBank.data, wt.data);
  const loss = (squaredNorm - 2 * cross + innerProduct(gramU, gramOfColumns(wt))) / 2;
  return { point: { u: ahead, wt, loss }, u, gradient: Math.sqrt(gradientU + gradientW) };
}

/** max(0, X + beta·(X - previous)). */
function extrapolate(x: Matrix, previous: Matrix, beta: number): Matrix {
  if (beta === 0) return x;
  const result = matrix(x.rows, x.cols);
  for (let k = 0; k < x.data.length; k++) {
    const value = x.data[k] + beta * (x.data[k] - previous.data[k]);
    result.data[k] = value > 0 ? value : 0;
  }
  return result;
}

function hasStalled(losses: readonly number[]): boolean {
  if (losses.length <= DECREASE_WINDOW) return false;
  const newest = losses[losses.length - 1];
  return losses[losses.length - 1 - DECREASE_WINDOW] - newest <= MIN_DECREASE * newest;
}

function copy({ rows, cols, data }: Matrix): Matrix {
  return matrix(rows, cols, data.slice());
}

function finish(activations: Matrix, squaredNorm: number, descent: Descent): Factorization {
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

function allZero({ rows, cols }: Matrix, nComponents: number): Factorization {
  return {
    coefficients: matrix(rows, nComponents),
    conceptBank: matrix(nComponents, cols),
    status: 'all-zero',
    stats: { iterations: 0, losses: [], relativeError: 0, projectedGradient: 0, reseeded: 0 },
  };
}
