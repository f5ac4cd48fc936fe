/** Terms after which the sums below have long converged. */
const MOST_TERMS = 1000;
const NEGLIGIBLE = 1e-15;

/**
 * Probability that a chi-square variable with `degrees` degrees of freedom exceeds `value`: 1 for a value of at most 0.
 *
 * Source  Abramowitz and Stegun 1964, 26.4.1 and 6.5.29 (series), 6.5.31 (continued fraction, by Lentz's method).
 */
export function chiSquareTail(value: number, degrees: number): number {
  if (!(value > 0)) return 1;
  const [a, x] = [degrees / 2, value / 2];
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * series(a, x) : scale * continuedFraction(a, x);
}

function series(a: number, x: number): number {
  let [term, sum] = [1 / a, 1 / a];
  for (let n = 1; n < MOST_TERMS && term > NEGLIGIBLE * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function continuedFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b || tiny);
    c = b + factor / c || tiny;
    result *= d * c;
    if (Math.abs(d * c - 1) < NEGLIGIBLE) break;
  }
  return result;
}

/** ln (n!). */
export function logFactorial(n: number): number {
  return logGamma(n + 1);
}

/** Logarithm of the gamma function of a positive number. Source: Lanczos 1964, with g = 7 and nine coefficients. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = LANCZOS.reduce((total, coefficient, k) => total + coefficient / (x + k), ONE);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const ONE = 0.99999999999980993;
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
