import { logFactorial } from './tail-probability.ts';

/**
 * Probability of at least `hits` of `n` independent tries that each succeed with `chance`, 0 < chance < 1. O(n).
 * The one-sided exact binomial test of "better than chance"; the two-sided one at 1/2 is `mcnemarExact`.
 */
export function binomialTail(hits: number, n: number, chance: number): number {
  let tail = 0;
  for (let k = hits; k <= n; k++) {
    const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    tail += Math.exp(ways + k * Math.log(chance) + (n - k) * Math.log1p(-chance));
  }
  return Math.min(1, tail);
}
