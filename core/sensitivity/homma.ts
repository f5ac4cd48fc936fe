import { covariance, estimateEach, mean, meanProduct, type Estimator } from './replicated-outputs.ts';

/**
 * Homma and Saltelli's total indices: S_i = (V - (mean y_A y_Ci - f0^2)) / V, with f0 and V the mean and variance of
 * y_A.
 *
 * Outputs with a mean far from 0 make the uncentred form scatter beyond [0, 1]; by default they are centred on f0
 * first, which leaves (V - cov(y_A, y_Ci)) / V. Algebraically the same as {@link saltelli}.
 *
 * Source  Homma and Saltelli 1996, "Importance measures in global sensitivity analysis of nonlinear models",
 *         Reliab. Eng. Syst. Saf. 52.
 */
export const homma: Estimator = (outputs, nConcepts, { convention = 'consistent' } = {}) =>
  estimateEach(outputs, nConcepts, (a, c) => {
    if (convention === 'consistent') {
      const variance = covariance(a, a);
      return (variance - covariance(a, c)) / variance;
    }
    const variance = covariance(a, a, 1);
    return (variance - meanProduct(a, c) + mean(a) ** 2) / variance;
  });
