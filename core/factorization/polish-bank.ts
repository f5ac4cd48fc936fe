import { matrix } from '../linalg/matrix.ts';
import { openSolver, type HessianOptions } from './bank-newton.ts';
import {
  bankPoint,
  bankSlope,
  toUnitRows,
  type BankPoint,
  type BankSlope,
  type WeightedProblem,
} from './bank-point.ts';
import { sweepRowsPlain } from './hals.ts';
import type { RealMatrix } from './nnls-derivative.ts';

/** How far a bank is polished. */
interface PolishOptions extends HessianOptions {
  /** Steps at most. @default 30 */
  readonly maxSteps?: number;
  /** Ends where the projected gradient is this share of ‖Uᵀ·A‖. @default 1e-13 in float64, 2e-6 on a backend */
  readonly tol?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A bank at, or near, a local minimum. */
export interface PolishedBank extends BankPoint {
  /** [r · p]: 1 where W may move. */
  readonly free: Uint8Array;
  /** 'optimal'; 'rough': the steps were used up, or rounding ended them, before `tol`. */
  readonly status: 'optimal' | 'rough';
  readonly steps: number;
  /** Norm of the projected gradient over ‖Uᵀ·A‖. */
  readonly projectedGradient: number;
}

/** Conjugate gradient steps at most for one Newton step. */
const MAX_INNER = 60;
/** A Newton step that must be shorter is given up: for a sweep, and more damping of the next. */
const SHORTEST = 1 / 2;
/** Damping after a step that was given up, how it grows with more of them, and below which it is dropped. */
const DAMPING = { first: 1e-4, factor: 10, least: 1e-7 } as const;

/**
 * Takes a bank that a factorisation stopped at the rest of the way to its local minimum of Σ v ‖a - u·W‖², U, W >= 0,
 * rows of W of unit length.
 *
 * Method   projected Newton steps on φ(W), with U eliminated exactly: entries of W that a gradient step would take below
 *          zero are put there, the others move by the Hessian of {@link openSolver}, damped where the last one failed and halved once if the loss would rise;
 *          a sweep of coordinate descent (HALS) where no Newton step helps, as where φ curves downwards.
 * Status   'optimal' or 'rough', see {@link PolishedBank}; throws only the signal's reason.
 * Limits   one product with A per conjugate gradient step: 5 to 10 Newton steps of some 10 each from where NMF ends.
 */
export async function polishBank(
  activations: RealMatrix,
  problem: WeightedProblem,
  start: Float64Array,
  options: PolishOptions = {},
): Promise<PolishedBank> {
  const { maxSteps = 30, precision = 'float64', signal } = options;
  const { tol = precision === 'float64' ? 1e-13 : 2e-6 } = options;
  let point = await bankPoint(problem, toUnitRows(start.slice(), problem.concepts));
  let best = Infinity;
  let damping = 0;
  for (let steps = 0; ; steps++) {
    signal?.throwIfAborted();
    const slope = await bankSlope(problem, point);
    const free = movable(point.bank, slope, problem);
    const downhill = slope.gradient.map((value, at) => (free[at] ? -value : 0));
    const projectedGradient = norm(downhill) / (norm(slope.correlation) || 1);
    const isFeasible = free.every((flag, at) => flag === 1 || point.bank[at] === 0);
    const isOptimal = projectedGradient <= tol && isFeasible;
    // Rounding may end it a little above.
    const isStuck = projectedGradient <= 30 * tol && projectedGradient >= 0.5 * best && isFeasible;
    if (isOptimal || isStuck || steps >= maxSteps)
      return { ...point, free, steps, projectedGradient, status: isOptimal || isStuck ? 'optimal' : 'rough' };
    best = Math.min(best, projectedGradient);
    const downhillStep = { free, downhill, projectedGradient };
    const moved = await newtonStep(activations, problem, point, downhillStep, damping, options);
    damping = nextDamping(damping, moved !== undefined);
    point = moved ?? (problem.isSigned ? point : await sweep(problem, point, slope));
  }
}

function nextDamping(damping: number, wentWell: boolean): number {
  const { first, factor, least } = DAMPING;
  if (!wentWell) return Math.max(first, damping * factor);
  return damping > least ? damping / factor : 0;
}

/** Entries that a gradient step, scaled to each concept, leaves above zero. */
function movable(
  bank: Float64Array,
  { gradient, gram }: BankSlope,
  { concepts: r, isSigned = false }: WeightedProblem,
): Uint8Array {
  const p = bank.length / r;
  return Uint8Array.from(bank, (value, at) => {
    const curvature = gram[Math.floor(at / p) * (r + 1)];
    return curvature > 0 && (isSigned || value - gradient[at] / curvature > 0) ? 1 : 0;
  });
}

interface Downhill {
  readonly free: Uint8Array;
  readonly downhill: Float64Array;
  readonly projectedGradient: number;
}

/** Undefined where no part of the step lowers the loss enough. */
async function newtonStep(
  activations: RealMatrix,
  problem: WeightedProblem,
  point: BankPoint,
  { free, downhill, projectedGradient }: Downhill,
  damping: number,
  options: HessianOptions,
): Promise<BankPoint | undefined> {
  const isPrecise = options.precision !== 'backend';
  const bank = point.bank.map((value, at) => (free[at] ? value : 0));
  const solver = openSolver(activations, { ...point, bank }, free, options, problem.rowWeights);
  let step: Float64Array;
  try {
    const tol = Math.min(0.1, Math.max(isPrecise ? 1e-10 : 1e-4, projectedGradient));
    step = solver.solve(downhill, { tol, maxIter: MAX_INNER, damping }).banks;
  } finally {
    solver.dispose();
  }
  if (!step.some((value) => value !== 0)) return undefined;
  const rounding = (isPrecise ? 1e-14 : 1e-7) * Math.abs(point.loss);
  for (let length = 1; length >= SHORTEST; length /= 2) {
    const least = problem.isSigned ? -Infinity : 0;
    const next = bank.map((value, at) => Math.max(least, value + length * step[at]));
    const moved = await bankPoint(problem, toUnitRows(next, problem.concepts), point.coefficients);
    if (moved.loss <= point.loss + rounding) return moved;
  }
  return undefined;
}

async function sweep(
  problem: WeightedProblem,
  point: BankPoint,
  { correlation, gram }: BankSlope,
): Promise<BankPoint> {
  const r = problem.concepts;
  const p = point.bank.length / r;
  const turned = (values: Float64Array) =>
    matrix(
      p,
      r,
      Float32Array.from({ length: p * r }, (_, at) => values[(at % r) * p + Math.floor(at / r)]),
    );
  const wt = turned(point.bank);
  sweepRowsPlain(wt, turned(correlation), gram, 4);
  const next = Float64Array.from({ length: r * p }, (_, at) => wt.data[(at % p) * r + Math.floor(at / p)]);
  return bankPoint(problem, toUnitRows(next, r), point.coefficients);
}

const norm = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
