import { gaussLegendre } from './gauss-legendre.ts';
import { normalDensity, normalTail } from './normal-distribution.ts';
import { logGamma } from './tail-probability.ts';

/** Beyond so many standard deviations a normal variable adds nothing that is seen. */
const FAR = 8.5;
/** A density below exp(-40) of its peak adds nothing that is seen. */
const NEGLIGIBLE = -40;
const INNER = gaussLegendre(-FAR, FAR, 5);
const DENSITY = INNER.nodes.map((z, i) => INNER.weights[i] * normalDensity(z));
const ABOVE = INNER.nodes.map(normalTail);

/**
 * Probability that the range of `k` >= 2 independent normal variables, over their standard deviation as estimated with
 * `degrees` degrees of freedom, exceeds `q`. To about 1e-8; 1 for q <= 0.
 *
 * Method  the range's distribution integrated over the estimate's, both by Gauss–Legendre quadrature.
 * Source  Tukey 1953, "The problem of multiple comparisons"; Copenhaver and Holland 1988 for the integrals.
 */
export function studentizedRangeTail(q: number, k: number, degrees: number): number {
  if (!(q > 0)) return 1;
  const { nodes, weights } = spreadQuadrature(degrees);
  let within = 0;
  for (let i = 0; i < nodes.length; i++)
    if (weights[i] > 0) within += weights[i] * rangeWithin(q * nodes[i], k);
  return Math.min(1, Math.max(0, 1 - within));
}

/** The value that the studentized range exceeds with probability `p`, to about 1e-7. */
export function studentizedRangeQuantile(p: number, k: number, degrees: number): number {
  let [low, high] = [0, 4];
  while (studentizedRangeTail(high, k, degrees) > p) [low, high] = [high, 2 * high];
  while (high - low > 1e-7 * high) {
    const middle = (low + high) / 2;
    if (studentizedRangeTail(middle, k, degrees) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability that the range of k standard normal variables is at most `w`: k ∫ φ(z) [Φ(z) - Φ(z - w)]^(k - 1) dz. */
function rangeWithin(w: number, k: number): number {
  let sum = 0;
  for (let i = 0; i < ABOVE.length; i++) {
    // The smallest variable lies at z, the others between z and z + w.
    sum += DENSITY[i] * (ABOVE[i] - normalTail(INNER.nodes[i] + w)) ** (k - 1);
  }
  return k * sum;
}

/** Places s and the probability of each, of the root of a chi-square variable over its degrees of freedom. */
function spreadQuadrature(degrees: number): ReturnType<typeof gaussLegendre> {
  const constant = Math.LN2 + (degrees / 2) * Math.log(degrees / 2) - logGamma(degrees / 2);
  const logDensity = (s: number): number => constant + (degrees - 1) * Math.log(s) - (degrees * s * s) / 2;
  const mode = Math.sqrt(Math.max(degrees - 1, 0) / degrees);
  const peak = logDensity(Math.max(mode, 1e-8));
  const isSeen = (s: number): boolean => logDensity(s) > peak + NEGLIGIBLE;
  const width = FAR / Math.sqrt(2 * degrees);
  const from = Math.max(0, mode - 2 * width);
  let to = mode + width;
  while (isSeen(to)) to += width;
  const { nodes, weights } = gaussLegendre(from, to, 6);
  return { nodes, weights: weights.map((weight, i) => weight * Math.exp(logDensity(nodes[i]))) };
}
