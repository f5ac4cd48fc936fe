import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { devianceOf, fixedPart, logistic, type MixedDesign } from './design.ts';

/** Estimates of a logistic regression without random effects. */
export interface PlainLogit {
  /** [p]. */
  readonly beta: Float64Array;
  /** Cholesky factor of XᵀWX, [p, p]. */
  readonly factor: Float64Array;
}

const STEPS = 60;

/**
 * Maximum likelihood of a logistic regression whose columns are independent and do not separate; undefined where Newton's
 * steps do not settle all the same.
 *
 * Source  McCullagh and Nelder 1989, 4.4 (Newton's method, steps halved where the deviance rises).
 */
export function fitPlainLogit(design: MixedDesign): PlainLogit | undefined {
  const p = design.terms.length;
  let beta = new Float64Array(p);
  let deviance = devianceOf(fixedPart(design, beta), design.right);
  for (let step = 0; step < STEPS; step++) {
    const { information, gradient } = scoreAt(design, beta);
    if (!choleskyFactor(information, p)) return undefined;
    const change = gradient.slice();
    choleskySolve(information, p, change);
    const decrement = change.reduce((sum, value, k) => sum + value * gradient[k], 0);
    if (decrement < 1e-16 * (1 + deviance)) return { beta, factor: information };
    let [next, reached] = [beta, Infinity];
    for (let length = 1; reached > deviance + 1e-12 * (1 + deviance) && length > 1e-6; length /= 2) {
      next = beta.map((value, k) => value + length * change[k]);
      reached = devianceOf(fixedPart(design, next), design.right);
    }
    [beta, deviance] = [next, reached];
  }
  return undefined;
}

function scoreAt(
  design: MixedDesign,
  beta: Float64Array,
): { information: Float64Array; gradient: Float64Array } {
  const { x, right } = design;
  const p = beta.length;
  const information = new Float64Array(p * p);
  const gradient = new Float64Array(p);
  fixedPart(design, beta).forEach((eta, i) => {
    const mu = logistic(eta);
    for (let k = 0; k < p; k++) {
      const value = x[i * p + k];
      if (value === 0) continue;
      gradient[k] += value * (right[i] - mu);
      for (let l = 0; l <= k; l++) information[k * p + l] += mu * (1 - mu) * value * x[i * p + l];
    }
  });
  return { information, gradient };
}
