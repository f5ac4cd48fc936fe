import { covariance, estimateEach, mean, meanProduct, type Estimator } from './replicated-outputs.ts';

/**
 * Saltelli's total indices: S_i = 1 - (mean y_A y_Ci - f0^2) / V, with f0 and V the mean and variance of y_A.
 *
 * The same figure as {@link homma}, arranged as a ratio of closed variances; centred by default for the same reason.
 *
 * Source  Saltelli et al. 2008, "Global Sensitivity Analysis. The Primer", section 4.6.
 */
export const saltelli: Estimator = (outputs, nConcepts, { convention = 'consistent' } = {}) =>
  estimateEach(outputs, nConcepts, (a, c) =>
    convention === 'consistent'
      ? 1 - covariance(a, c) / covariance(a, a)
      : 1 - (meanProduct(a, c) - mean(a) ** 2) / covariance(a, a, 1),
  );
