import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { supportKey } from './support-patterns.ts';

/** Solution of one small non-negative least-squares problem. */
export interface PassiveSetSolution {
  /** x >= 0 [r]. Overwritten by the next call. */
  readonly x: Float64Array;
  /** 1 where x is free (in the passive set, "support"), 0 where it is held at zero [r]. Overwritten likewise. */
  readonly support: Uint8Array;
  /** False when exchanges were cut short; x is then feasible but not proven optimal. */
  readonly isOptimal: boolean;
}

export interface PassiveSetSolver {
  /** The Gram matrix is singular to working precision; a ridge of {@link RIDGE} was added to its unit diagonal. */
  readonly isRegularized: boolean;
  /** min ½xᵀGx - cᵀx over x >= 0 for c [r]; where `near` [r] is positive, x is tried free first. @default c */
  solve(correlation: Float64Array, near?: ArrayLike<number>): PassiveSetSolution;
}

/** Relative ridge for a singular Gram matrix: far above float64 rounding, far below what a float32 bank can tell. */
const RIDGE = 1e-9;
/** A value this far below zero, relative to the largest, is a violation and not rounding. */
const ROUNDING = 1e-13;
/** Full exchanges that may fail to reduce the violations before single ones take over (Kim & Park's p). */
const FULL_EXCHANGES = 3;
/** Factors kept; beyond it the cache starts anew. */
const CACHE_SIZE = 4096;

/**
 * Exact solver for many problems with one Gram matrix G [r, r]: block principal pivoting, with the Cholesky factor
 * of every support kept, so that rows of a pattern seen before cost two triangular solves.
 *
 * Source: Júdice & Pires 1994; Kim & Park 2011, Alg. 2 (full exchange with a single-exchange back-up rule, which
 * ends for any positive definite G). G is scaled to a unit diagonal first; a zero diagonal entry holds x at zero.
 */
export function createPassiveSetSolver(gram: Float64Array, r: number): PassiveSetSolver {
  const { scaled, scale, isRegularized } = equilibrate(gram, r);
  const factors = new Map<string, Factor>();
  const factorOf = (support: Uint8Array): Factor => {
    const key = supportKey(support);
    let factor = factors.get(key);
    if (!factor) {
      if (factors.size >= CACHE_SIZE) factors.clear();
      factor = factorize(scaled, r, support);
      factors.set(key, factor);
    }
    return factor;
  };
  const c = new Float64Array(r);
  const x = new Float64Array(r);
  const y = new Float64Array(r);
  const support = new Uint8Array(r);
  const solve = (correlation: Float64Array, near: ArrayLike<number> = correlation): PassiveSetSolution => {
    for (let k = 0; k < r; k++) {
      c[k] = correlation[k] * scale[k];
      support[k] = near[k] > 0 && scale[k] > 0 ? 1 : 0;
    }
    const isOptimal = pivot(scaled, c, x, y, support, factorOf);
    for (let k = 0; k < r; k++) x[k] = support[k] ? Math.max(x[k], 0) * scale[k] : 0;
    return { x, support, isOptimal };
  };
  return { isRegularized, solve };
}

/**
 * One problem in float64: u >= 0 minimising ½‖a - u·W‖², given `gram` = W·Wᵀ [r, r] and `correlation` = W·a [r].
 * See {@link createPassiveSetSolver} for many problems with the same bank.
 *
 * @internal Tests compare with it.
 */
export function solveNnls(gram: Float64Array, correlation: Float64Array, r: number): PassiveSetSolution {
  return createPassiveSetSolver(gram, r).solve(correlation);
}

interface Factor {
  readonly indices: readonly number[];
  readonly l: Float64Array;
}

/** D·G·D with unit diagonal, plus a ridge where that is singular. */
function equilibrate(gram: Float64Array, r: number) {
  const scale = Float64Array.from({ length: r }, (_, k) =>
    gram[k * r + k] > 0 ? 1 / Math.sqrt(gram[k * r + k]) : 0,
  );
  const scaled = gram.map((value, index) => value * scale[Math.floor(index / r)] * scale[index % r]);
  const live = Uint8Array.from(scale, (value) => (value > 0 ? 1 : 0));
  const { indices, l } = gather(scaled, r, live);
  const isRegularized = !choleskyFactor(l, indices.length);
  if (isRegularized) for (let k = 0; k < r; k++) scaled[k * r + k] += RIDGE;
  return { scaled, scale, isRegularized };
}

function gather(gram: Float64Array, r: number, support: Uint8Array): Factor {
  const indices: number[] = [];
  for (let k = 0; k < r; k++) if (support[k]) indices.push(k);
  const size = indices.length;
  const l = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) l[i * size + j] = gram[indices[i] * r + indices[j]];
  }
  return { indices, l };
}

function factorize(gram: Float64Array, r: number, support: Uint8Array): Factor {
  const factor = gather(gram, r, support);
  // Every principal submatrix of a positive definite matrix is one; tolerance 0 lets the worst conditioned pass.
  choleskyFactor(factor.l, factor.indices.length, 0);
  return factor;
}

/** Exchanges until x >= 0 on the support and y = G·x - c >= 0 off it; true when that was reached. */
function pivot(
  gram: Float64Array,
  c: Float64Array,
  x: Float64Array,
  y: Float64Array,
  support: Uint8Array,
  factorOf: (support: Uint8Array) => Factor,
): boolean {
  const r = c.length;
  let fewest = r + 1;
  let patience = FULL_EXCHANGES;
  const largestC = largestMagnitude(c);
  for (let exchange = 0; exchange < 100 + 20 * r; exchange++) {
    solveOnSupport(gram, c, x, y, factorOf(support));
    const tolX = ROUNDING * largestMagnitude(x);
    const tolY = ROUNDING * largestC;
    const isViolated = (k: number): boolean => (support[k] ? x[k] < -tolX : y[k] < -tolY);
    let count = 0;
    let last = -1;
    for (let k = 0; k < r; k++) {
      if (isViolated(k)) {
        count++;
        last = k;
      }
    }
    if (count === 0) return true;
    if (count < fewest) {
      fewest = count;
      patience = FULL_EXCHANGES;
    } else patience--;
    if (patience >= 0) for (let k = 0; k < r; k++) support[k] ^= isViolated(k) ? 1 : 0;
    else support[last] ^= 1;
  }
  return false;
}

/** x = G_SS⁻¹ c_S on the support, zero elsewhere; y = G·x - c off the support, zero on it. */
function solveOnSupport(
  gram: Float64Array,
  c: Float64Array,
  x: Float64Array,
  y: Float64Array,
  { indices, l }: Factor,
): void {
  const r = c.length;
  const size = indices.length;
  const solution = new Float64Array(size);
  for (let i = 0; i < size; i++) solution[i] = c[indices[i]];
  choleskySolve(l, size, solution);
  for (let k = 0; k < r; k++) {
    let sum = -c[k];
    for (let i = 0; i < size; i++) sum += gram[k * r + indices[i]] * solution[i];
    y[k] = sum;
    x[k] = 0;
  }
  for (let i = 0; i < size; i++) {
    x[indices[i]] = solution[i];
    y[indices[i]] = 0;
  }
}

function largestMagnitude(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
