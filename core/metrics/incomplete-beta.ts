import { logGamma } from './tail-probability.ts';

const MOST_TERMS = 2000;
const NEGLIGIBLE = 1e-15;
const TINY = 1e-300;

/**
 * Regularised incomplete beta function I_x(a, b) of a and b > 0: 0 below x = 0, 1 above x = 1.
 *
 * Source  NIST Digital Library of Mathematical Functions, 8.17.22 (continued fraction) and 8.17.4, by Lentz's method.
 *
 * @internal Tests compare with it.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  const scale = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta) / a;
  let [c, d] = [1, 0];
  let fraction = 1;
  for (let n = 1; n < MOST_TERMS; n++) {
    const m = n >> 1;
    const coefficient =
      n % 2 === 0
        ? (m * (b - m) * x) / ((a + n - 1) * (a + n))
        : (-(a + m) * (a + b + m) * x) / ((a + n - 1) * (a + n));
    d = 1 / (1 + coefficient * d || TINY);
    c = 1 + coefficient / c || TINY;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < NEGLIGIBLE) break;
  }
  return scale / fraction;
}

/** Probability that an F variable with `above` and `below` degrees of freedom exceeds `value`. */
export function fTail(value: number, above: number, below: number): number {
  return incompleteBeta(below / (below + above * value), below / 2, above / 2);
}
