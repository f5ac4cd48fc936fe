import { invariant } from '../errors.ts';

/** A way to group observations whose groups have each an own, normal shift of the log-odds: a random intercept. */
export interface Grouping {
  /** As "participant". */
  readonly name: string;
  readonly levels: number;
  /** Group of each observation, 0 … levels - 1, [n]. */
  readonly of: ArrayLike<number>;
}

/** Observations of right and wrong, with what is supposed to move their log-odds. */
export interface MixedDesign {
  /** Names of the columns of `x`. */
  readonly terms: readonly string[];
  /** Fixed effects, [n, p] row-major; a column of ones is the intercept. */
  readonly x: Float64Array;
  /** 1 where right, [n]. */
  readonly right: ArrayLike<number>;
  readonly groupings: readonly Grouping[];
}

/** Throws BugError where lengths or groups do not fit. */
export function checkDesign({ terms, x, right, groupings }: MixedDesign): void {
  const n = right.length;
  invariant(n > 0, 'mixed model: needs an observation');
  invariant(
    x.length === n * terms.length,
    `mixed model: x has ${x.length} entries, not ${n} · ${terms.length}`,
  );
  for (const { name, levels, of } of groupings) {
    invariant(of.length === n, `mixed model: ${name} groups ${of.length} of ${n} observations`);
    for (let i = 0; i < n; i++)
      invariant(of[i] >= 0 && of[i] < levels, `mixed model: ${name} ${of[i]} is not below ${levels}`);
  }
}

/** x · β of each observation, [n]. */
export function fixedPart({ x, right }: MixedDesign, beta: ArrayLike<number>): Float64Array {
  const p = beta.length;
  const eta = new Float64Array(right.length);
  for (let i = 0; i < eta.length; i++) for (let k = 0; k < p; k++) eta[i] += x[i * p + k] * beta[k];
  return eta;
}

/** Chance of "right" at log-odds `eta`. */
export function logistic(eta: number): number {
  return eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta));
}

/** Minus twice the log-likelihood of answers with these log-odds, [n]. */
export function devianceOf(eta: Float64Array, right: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < eta.length; i++) {
    const towards = right[i] ? eta[i] : -eta[i];
    sum += towards > 0 ? Math.log1p(Math.exp(-towards)) : Math.log1p(Math.exp(towards)) - towards;
  }
  return 2 * sum;
}
