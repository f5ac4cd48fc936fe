import { covariance, estimateEach, type Estimator } from './replicated-outputs.ts';

/**
 * Glen and Isaacs' total indices: S_i = 1 - the correlation of y_A and y_Ci.
 *
 * Always in [0, 2] under the consistent convention. When y_Ci does not vary though y_A does, there is no correlation
 * and S_i is 1.
 *
 * Source  Glen and Isaacs 2012, "Estimating Sobol sensitivity indices using correlations", Environ. Model. Softw. 37.
 */
export const glen: Estimator = (outputs, nConcepts, { convention = 'consistent' } = {}) =>
  estimateEach(outputs, nConcepts, (a, c) => {
    const scale = Math.sqrt(covariance(a, a) * covariance(c, c));
    return scale === 0 ? 1 : 1 - covariance(a, c, convention === 'craft' ? 1 : 0) / scale;
  });
