import { invariant } from '../errors.ts';

/** Total indices of one function, with what became of the estimate. */
export interface TotalIndices {
  /** One a concept: the share of the output's variance that goes when every other concept is known. */
  readonly indices: Float64Array;
  /**
   * `constant-output`: over block A the output moves by no more than float32 rounding; no concept matters and all
   * indices are 0.
   * `non-finite`: the output holds NaN or infinity; all indices are NaN.
   */
  readonly status: 'ok' | 'constant-output' | 'non-finite';
}

/**
 * How an estimator forms its moments.
 *
 * `consistent`: outputs are centred and every moment divides by N. Indices then do not change when the output is
 * scaled or shifted, and an inert concept has exactly 0.
 * `craft`: as deel-ai/Craft computes them, uncentred, mixing N and N - 1. An inert concept then gets 1/N (Homma,
 * Saltelli), -1/(N - 1) (Glen) or a figure that grows with the mean (Janon). Only for comparison with its numbers.
 */
export type Convention = 'consistent' | 'craft';

/**
 * Estimates total indices from `outputs` [(r + 2) N], one value a row of a replicated design (blocks A, B,
 * C_0 ... C_{r-1}) for r = nConcepts. Block B is not read by the five estimators here.
 * Throws BugError when the length is not a multiple of r + 2 or N < 2.
 */
export type Estimator = (
  outputs: Float64Array,
  nConcepts: number,
  options?: { readonly convention?: Convention },
) => TotalIndices;

/** Logits are float32 inside a model: a spread below four units in the last place of the largest is rounding. */
const ROUNDING = 2 ** -21;

/** Applies `indexOf(outputs on A, outputs on C_i)` to every concept, after the checks all estimators share. */
export function estimateEach(
  outputs: Float64Array,
  nConcepts: number,
  indexOf: (a: Float64Array, c: Float64Array) => number,
): TotalIndices {
  const samples = outputs.length / (nConcepts + 2);
  invariant(
    Number.isInteger(samples) && samples >= 2,
    `estimator: outputs must have length (r + 2) N with r = ${nConcepts} and N >= 2, got ${outputs.length}`,
  );
  const status = statusOf(outputs, samples);
  const indices = new Float64Array(nConcepts);
  if (status === 'non-finite') indices.fill(NaN);
  if (status !== 'ok') return { indices, status };
  const a = outputs.subarray(0, samples);
  for (let i = 0; i < nConcepts; i++) {
    indices[i] = indexOf(a, outputs.subarray((i + 2) * samples, (i + 3) * samples));
  }
  return { indices, status };
}

function statusOf(outputs: Float64Array, samples: number): TotalIndices['status'] {
  let largest = 0;
  for (const y of outputs) {
    if (!Number.isFinite(y)) return 'non-finite';
    largest = Math.max(largest, Math.abs(y));
  }
  const a = outputs.subarray(0, samples);
  return Math.sqrt(covariance(a, a)) <= ROUNDING * largest ? 'constant-output' : 'ok';
}

export function mean(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value;
  return sum / x.length;
}

/** Mean of the products x_n y_n. */
export function meanProduct(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < x.length; n++) sum += x[n] * y[n];
  return sum / x.length;
}

/** Covariance with divisor N - `lost`; the variance when x is y. Two passes, so that a large mean does no harm. */
export function covariance(x: Float64Array, y: Float64Array, lost: 0 | 1 = 0): number {
  const meanX = mean(x);
  const meanY = mean(y);
  let sum = 0;
  for (let n = 0; n < x.length; n++) sum += (x[n] - meanX) * (y[n] - meanY);
  return sum / (x.length - lost);
}
