import { logFactorial } from './tail-probability.ts';

/**
 * Two-sided p-value of McNemar's exact test: of things judged twice, `gained` are right only the second time and `lost` only
 * the first. Twice the smaller tail of a binomial distribution with share 1/2, at most 1; 1 where nothing changed.
 *
 * Source  McNemar 1947, exact form. O(gained + lost).
 */
export function mcnemarExact(gained: number, lost: number): number {
  const n = gained + lost;
  const constant = logFactorial(n) - n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(gained, lost); k++)
    tail += Math.exp(constant - logFactorial(k) - logFactorial(n - k));
  return Math.min(1, 2 * tail);
}
