import { covariance, estimateEach, type Estimator } from './replicated-outputs.ts';

/** Below this share of the variance of all blocks that of block A says nothing: rare values of the output are not in it. */
const UNTYPICAL = 0.1;

/**
 * Jansen's total indices: S_i = mean (y_A - y_Ci)^2 / (2 Var y_A), with the unbiased variance. The default.
 *
 * Never negative, exactly 0 for an inert concept, unmoved by scale and shift. The error of a small index is of the
 * index's own order, where covariance forms err by its square root. May exceed 1. Both conventions are the same here.
 *
 * An output that is almost always the same (a probability that is nearly 1) may hardly move on block A and much on
 * others; then the variance is that of all blocks, whose rows are distributed alike, and indices end at 1.
 *
 * Source  Jansen 1999, "Analysis of variance designs for model output", Comput. Phys. Commun. 117; Saltelli et al.
 *         2010, Table 2 (f).
 */
export const jansen: Estimator = (outputs, nConcepts) => {
  let spread: Spread | undefined;
  return estimateEach(outputs, nConcepts, (a, c) => {
    spread ??= spreadOf(outputs, a);
    const index = meanSquaredDifference(a, c) / (2 * spread.variance);
    return spread.isUntypical ? Math.min(1, index) : index;
  });
};

interface Spread {
  readonly variance: number;
  /** Is it that of all blocks, since block A's says nothing? */
  readonly isUntypical: boolean;
}

/** What indices are a share of; block B is not read. */
function spreadOf(outputs: Float64Array, a: Float64Array): Spread {
  const all = new Float64Array(outputs.length - a.length);
  all.set(a);
  all.set(outputs.subarray(2 * a.length), a.length);
  const [own, pooled] = [covariance(a, a, 1), covariance(all, all, 1)];
  const isUntypical = own < UNTYPICAL * pooled;
  return { variance: isUntypical ? pooled : own, isUntypical };
}

function meanSquaredDifference(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < x.length; n++) sum += (x[n] - y[n]) ** 2;
  return sum / x.length;
}
