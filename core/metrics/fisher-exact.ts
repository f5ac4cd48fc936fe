import { logFactorial } from './tail-probability.ts';

/**
 * Two-sided p-value of Fisher's exact test: of `n` things of which `hits` are marked, `own` are taken and `ownHits` of
 * those are marked. The sum over all tables with these margins that are at most as likely as the one seen. O(own).
 *
 * Source  Fisher 1935; two sides by likelihood, as in R and SciPy.
 */
export function fisherExact(ownHits: number, own: number, hits: number, n: number): number {
  const least = Math.max(0, own + hits - n);
  const most = Math.min(own, hits);
  const constant = logChoose(n, own);
  const likelihood = (k: number): number =>
    Math.exp(logChoose(hits, k) + logChoose(n - hits, own - k) - constant);
  const seen = likelihood(ownHits);
  let sum = 0;
  for (let k = least; k <= most; k++) {
    const own = likelihood(k);
    // Tables that are as likely differ in the last bits.
    if (own <= seen * (1 + 1e-7)) sum += own;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}
