import { covariance, estimateEach, type Estimator } from './replicated-outputs.ts';

/**
 * Jansen's total indices: S_i = mean (y_A - y_Ci)^2 / (2 Var y_A), with the unbiased variance. The default.
 *
 * Never negative, exactly 0 for an inert concept, unmoved by scale and shift. The error of a small index is of the
 * index's own order, where covariance forms err by its square root. May exceed 1. Both conventions are the same here.
 *
 * Source  Jansen 1999, "Analysis of variance designs for model output", Comput. Phys. Commun. 117; Saltelli et al.
 *         2010, Table 2 (f).
 */
export const jansen: Estimator = (outputs, nConcepts) =>
  estimateEach(outputs, nConcepts, (a, c) => meanSquaredDifference(a, c) / (2 * covariance(a, a, 1)));

function meanSquaredDifference(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < x.length; n++) sum += (x[n] - y[n]) ** 2;
  return sum / x.length;
}
