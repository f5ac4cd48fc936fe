import { expect, it } from 'vitest';
import { studentQuantile975 } from '../../../core/sensitivity/student-quantile.ts';

it('studentQuantile975() equals SciPy from 1 degree of freedom to infinity', () => {
  // scipy.stats.t.ppf(0.975, degrees), SciPy 1.17.1.
  const want: Record<number, number> = {
    1: 12.706204736174694,
    2: 4.302652729749462,
    9: 2.262157162798205,
    10: 2.228138851986274,
    11: 2.200985160091639,
    20: 2.085963447265864,
    100: 1.9839715185235518,
    1000: 1.9623390808264083,
  };
  const degrees = Object.keys(want).map(Number);
  // The truncated expansion at 10 degrees of freedom.
  expect(degrees.map(studentQuantile975)).toBeAllclose(Object.values(want), { atol: 2e-5 });
  expect(studentQuantile975(Infinity)).toBeCloseTo(1.959963984540054, 14);
});
