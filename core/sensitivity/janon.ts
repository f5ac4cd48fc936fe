import { estimateEach, mean, meanProduct, type Estimator } from './replicated-outputs.ts';

/**
 * Janon's total indices: S_i = 1 - (mean y_A y_Ci - m^2) / (mean (y_A^2 + y_Ci^2) / 2 - m^2), where m is the mean of
 * y_A and y_Ci together.
 *
 * Pooling both blocks in mean and variance makes it asymptotically efficient: with independent points no estimator
 * from the same values scatters less in the limit. Outputs are centred by default, which makes it Jansen's form over
 * the pooled variance.
 *
 * Source  Janon et al. 2014, "Asymptotic normality and efficiency of two Sobol index estimators", ESAIM P&S 18.
 */
export const janon: Estimator = (outputs, nConcepts, { convention = 'consistent' } = {}) =>
  estimateEach(outputs, nConcepts, (a, c) => {
    const origin = convention === 'consistent' ? mean(a) : 0;
    const x = a.map((value) => value - origin);
    const y = c.map((value) => value - origin);
    const pooledMean = (mean(x) + mean(y)) / 2;
    const secondMoment = (meanProduct(x, x) + meanProduct(y, y)) / 2;
    const divisor = convention === 'consistent' ? 1 : x.length / (x.length - 1);
    return 1 - (meanProduct(x, y) - pooledMean ** 2) / (secondMoment * divisor - pooledMean ** 2);
  });
