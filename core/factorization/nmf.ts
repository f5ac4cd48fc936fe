import { gramOfColumns } from '../linalg/gram.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { innerProduct, squaredResidual } from '../linalg/norms.ts';
import { transpose } from '../linalg/transpose.ts';
import type { BoundMatrix } from '../platform.ts';
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

/** Most sweeps of one factor for one product with A; a row that settles earlier stops earlier. */
const MAX_SWEEPS = 8;
/** Stop once this many iterations together lower the loss by less than {@link MIN_DECREASE} of itself. */
const DECREASE_WINDOW = 5;
const MIN_DECREASE = 1e-4;
/** A squared error below this share of ‖A‖² is dominated by rounding in the float32 products. */
const EXACT_BELOW = 1e-5;

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
    const start = await nndsvd(bound, { nComponents, mean: sums.mean, seed });
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

interface Descent {
  readonly best: Iterate;
  readonly status: FactorizationStatus;
  readonly losses: number[];
  readonly projectedGradient: number;
  readonly reseeded: number;
}

/** The extrapolation of Ang & Gillis: how far to go past the newest iterate, learnt from what succeeded. */
interface Momentum {
  beta: number;
  limit: number;
}

async function descend(
  activations: Matrix,
  bound: BoundMatrix,
  squaredNorm: number,
  { maxIter = 200, tol = 1e-4, onIteration, signal }: FactorizationOptions,
  start: Iterate,
): Promise<Descent> {
  const losses: number[] = [];
  const momentum: Momentum = { beta: 0.5, limit: 1 };
  let best = start;
  let from = start;
  let newest = start;
  let beta = 0;
  let firstGradient = 0;
  let projectedGradient = 1;
  let reseeded = 0;
  let status: FactorizationStatus = 'max-iter-reached';
  for (let iteration = 1; iteration <= maxIter; iteration++) {
    signal?.throwIfAborted();
    const step = await halsStep(bound, squaredNorm, from, newest.u, beta);
    if (!Number.isFinite(step.point.loss)) {
      status = 'non-finite';
      break;
    }
    if (iteration === 1) firstGradient = step.gradient;
    projectedGradient = firstGradient > 0 ? step.gradient / firstGradient : 0;
    const isAccepted = step.point.loss <= best.loss;
    const isStuck = !isAccepted && beta === 0;
    if (isAccepted) {
      const previous = newest;
      best = step.point;
      newest = { u: step.u, wt: step.point.wt, loss: best.loss };
      adapt(momentum, true);
      beta = iteration === 1 ? 0 : momentum.beta;
      from = { ...best, wt: extrapolate(newest.wt, previous.wt, beta) };
      beta = momentum.beta;
    } else {
      adapt(momentum, false);
      beta = 0;
      from = best;
      newest = best;
    }
    losses.push(best.loss);
    onIteration?.(iteration, best.loss);
    if (isStuck || projectedGradient <= tol || hasStalled(losses)) {
      status = 'converged';
      break;
    }
    const revived = isAccepted ? reseedDead(activations, best) : undefined;
    if (revived) {
      reseeded += revived.count;
      best = revived.iterate;
      from = best;
      newest = best;
      beta = 0;
    }
  }
  return { best, status, losses, projectedGradient, reseeded };
}

/** Coefficients given the bank, extrapolate, bank given the coefficients; with the loss of where that ends. */
async function halsStep(
  bound: BoundMatrix,
  squaredNorm: number,
  from: Iterate,
  previousU: Matrix,
  beta: number,
) {
  const u = copy(from.u);
  const forCoefficients = await bound.timesTransposed(transpose(from.wt));
  const gradientU = sweepRows(u, forCoefficients, gramOfColumns(from.wt), MAX_SWEEPS);
  const ahead = extrapolate(u, previousU, beta);
  const wt = copy(from.wt);
  const forBank = transpose(await bound.transposedTimes(ahead));
  const gramU = gramOfColumns(ahead);
  const gradientW = sweepRows(wt, forBank, gramU, MAX_SWEEPS);
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

/** Growth after success, retreat after failure; the constants are those of Ang & Gillis 2019, §3.2. */
function adapt(momentum: Momentum, isAccepted: boolean): void {
  if (isAccepted) {
    momentum.beta = Math.min(momentum.limit, momentum.beta * 1.05);
    momentum.limit = Math.min(1, momentum.limit * 1.01);
  } else {
    momentum.limit = momentum.beta;
    momentum.beta /= 1.5;
  }
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
