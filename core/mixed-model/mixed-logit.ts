import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { chiSquareTail } from '../metrics/tail-probability.ts';
import { Z95 } from '../metrics/wilson.ts';
import { checkDesign, type MixedDesign } from './design.ts';
import { laplaceDeviance } from './laplace.ts';
import { minimise, type Smooth } from './minimise.ts';
import { fitPlainLogit, type PlainLogit } from './plain-logit.ts';
import { separatingTerms } from './separation.ts';

/** An effect on the log-odds of a right answer, with Wald's 95 % interval and test. */
export interface LogOddsEstimate {
  readonly estimate: number;
  readonly error: number;
  readonly z: number;
  readonly p: number;
  readonly low: number;
  readonly high: number;
}

/** A fitted mixed logistic regression. */
export interface MixedLogit {
  readonly status: 'converged';
  readonly terms: readonly string[];
  readonly coefficients: readonly LogOddsEstimate[];
  /** Covariance of the coefficients, [p, p] row-major. */
  readonly covariance: Float64Array;
  /** Standard deviation of the random intercepts of each grouping, in log-odds; 0: no spread beyond chance is seen. */
  readonly spreads: readonly { readonly name: string; readonly deviation: number }[];
  /** Minus twice the log-likelihood, by Laplace's approximation. */
  readonly deviance: number;
  readonly observations: number;
}

/** Why there are no estimates; `terms` says of which columns, or which groupings. */
export interface NoMixedLogit {
  /**
   * `rank-deficient`: a column follows from those before it. `separated`: the columns part right from wrong, estimates would
   * be infinite. `unbounded`: groups are all right or all wrong, their spread would be infinite. `not-converged`: no
   * optimum was found, or it is flat.
   */
  readonly status: 'rank-deficient' | 'separated' | 'unbounded' | 'not-converged';
  readonly terms: readonly string[];
}

/** Standard deviations of the log-odds beyond this mean groups that are all right or all wrong. */
const UNBOUNDED = 12;
/** Standard deviations below this are none: the deviance is flat there. */
const NO_SPREAD = 1e-3;

/**
 * Mixed logistic regression: fixed effects `x`, random intercepts of any number of groupings, crossed or nested. Without
 * groupings it is plain logistic regression.
 *
 * Method  θ and β together by maximum likelihood in Laplace's approximation, BFGS on the exact gradient; standard errors
 *         from the Hessian over both at the optimum (without groupings whose spread is 0), by central differences of the
 *         gradient.
 * Status  see {@link NoMixedLogit}; never a large number in place of an infinite one.
 * Source  Bates, Mächler, Bolker and Walker 2015 (lme4); Laird and Ware 1982. Held to `glmer` (nAGQ = 1).
 * Limits  Wald's test of a difference between participants errs more often than it says with few of them: of 300 drawn studies
 *         without one, 8 % at 6 participants a condition and 6 % at 12, instead of 5 %.
 * Throws  BugError for lengths that do not fit.
 */
export function fitMixedLogit(design: MixedDesign): MixedLogit | NoMixedLogit {
  checkDesign(design);
  const dependent = dependentTerm(design);
  if (dependent !== undefined) return { status: 'rank-deficient', terms: [dependent] };
  const separating = separatingTerms(design);
  if (separating.length > 0) return { status: 'separated', terms: separating };
  const plain = fitPlainLogit(design);
  if (plain === undefined) return { status: 'not-converged', terms: [] };
  const k = design.groupings.length;
  const deviance = laplaceDeviance(design);
  const smooth: Smooth = (at) => {
    const { deviance: value, gradient } = deviance(at.subarray(0, k), at.subarray(k));
    return { value, gradient };
  };
  const found = minimise(smooth, startOf(design, plain), inverseStart(design, plain));
  const spreads = design.groupings.map(({ name }, f) => ({ name, deviation: Math.abs(found.at[f]) }));
  const unbounded = spreads.filter(({ deviation }) => deviation > UNBOUNDED);
  if (unbounded.length > 0) return { status: 'unbounded', terms: unbounded.map(({ name }) => name) };
  if (found.status !== 'converged') return { status: 'not-converged', terms: [] };
  const settled = found.at.map((value, f) => (f < k && Math.abs(value) < NO_SPREAD ? 0 : value));
  const covariance = covarianceAt(smooth, settled, k);
  if (covariance === undefined) return { status: 'not-converged', terms: [] };
  const p = design.terms.length;
  return {
    status: 'converged',
    terms: design.terms,
    coefficients: design.terms.map((_, at) => waldEstimate(settled[k + at], covariance[at * p + at])),
    covariance,
    spreads: spreads.map(({ name }, f) => ({ name, deviation: Math.abs(settled[f]) })),
    deviance: found.value,
    observations: design.right.length,
  };
}

/** Σ weight · coefficient of a fit, as "condition A less condition B over all sessions"; `weights` has one entry a term. */
export function combinedEffect(fit: MixedLogit, weights: readonly number[]): LogOddsEstimate {
  const p = weights.length;
  const estimate = weights.reduce((sum, weight, k) => sum + weight * fit.coefficients[k].estimate, 0);
  let variance = 0;
  for (let k = 0; k < p; k++)
    for (let l = 0; l < p; l++) variance += weights[k] * weights[l] * fit.covariance[k * p + l];
  return waldEstimate(estimate, variance);
}

function waldEstimate(estimate: number, variance: number): LogOddsEstimate {
  const error = Math.sqrt(variance);
  const z = estimate / error;
  const half = Z95 * error;
  return { estimate, error, z, p: chiSquareTail(z * z, 1), low: estimate - half, high: estimate + half };
}

/** The first column that follows from those before it. */
function dependentTerm({ terms, x, right }: MixedDesign): string | undefined {
  const p = terms.length;
  const products = new Float64Array(p * p);
  for (let i = 0; i < right.length; i++)
    for (let k = 0; k < p; k++)
      for (let l = 0; l < p; l++) products[k * p + l] += x[i * p + k] * x[i * p + l];
  for (let size = 1; size <= p; size++) {
    const leading = new Float64Array(size * size);
    for (let k = 0; k < size; k++) for (let l = 0; l < size; l++) leading[k * size + l] = products[k * p + l];
    if (!choleskyFactor(leading, size, 1e-10)) return terms[size - 1];
  }
  return undefined;
}

/** Spreads of half a unit, and the plain estimates. */
function startOf({ groupings }: MixedDesign, { beta }: PlainLogit): Float64Array {
  return Float64Array.from([...groupings.map(() => 0.5), ...beta]);
}

function inverseStart({ groupings }: MixedDesign, { beta, factor }: PlainLogit): Float64Array {
  const [k, p] = [groupings.length, beta.length];
  const n = k + p;
  const inverse = new Float64Array(n * n);
  groupings.forEach(({ levels }, f) => (inverse[f * n + f] = 0.5 / levels));
  for (let column = 0; column < p; column++) {
    const unit = new Float64Array(p);
    unit[column] = 0.5;
    choleskySolve(factor, p, unit);
    for (let row = 0; row < p; row++) inverse[(k + row) * n + k + column] = unit[row];
  }
  return inverse;
}

/** Twice the inverse of the deviance's Hessian, its part of β; undefined where that is not positive. */
function covarianceAt(smooth: Smooth, at: Float64Array, k: number): Float64Array | undefined {
  const active = [...at.keys()].filter((i) => i >= k || at[i] !== 0);
  const m = active.length;
  const hessian = new Float64Array(m * m);
  active.forEach((parameter, column) => {
    const step = 1e-4 * Math.max(1, Math.abs(at[parameter]));
    const moved = [step, -step].map((by) => {
      const there = at.slice();
      there[parameter] += by;
      return smooth(there).gradient;
    });
    active.forEach((other, row) => {
      const slope = (moved[0][other] - moved[1][other]) / (2 * step);
      hessian[row * m + column] += slope / 2;
      hessian[column * m + row] += slope / 2;
    });
  });
  if (!choleskyFactor(hessian, m)) return undefined;
  const spreads = m - (at.length - k);
  const p = m - spreads;
  const covariance = new Float64Array(p * p);
  for (let column = 0; column < p; column++) {
    const unit = new Float64Array(m);
    unit[spreads + column] = 2;
    choleskySolve(hessian, m, unit);
    for (let row = 0; row < p; row++) covariance[row * p + column] = unit[spreads + row];
  }
  return covariance;
}
