import type { Random } from '../random.ts';

export interface HaltonOptions {
  readonly nPoints: number;
  readonly nDims: number;
  /** Source of the random digit permutations; absent: the plain sequence, whose first point is the origin. */
  readonly scramble?: Random;
}

/**
 * The first points of the Halton sequence -> [nPoints, nDims] row-major, in [0, 1): dimension d is the radical
 * inverse of 0, 1, 2 ... in the d-th prime.
 *
 * Plain, neighbouring dimensions with large primes rise together until the point count exceeds their product, so
 * that a short plain sequence in many dimensions is strongly correlated; it is kept for comparison with CRAFT.
 * Scrambled, each digit of each dimension has its own random permutation.
 *
 * Source  Halton 1960; scrambling as in Owen 2017, "A randomized Halton algorithm in R" (arXiv 1706.02808).
 */
export function haltonSequence({ nPoints, nDims, scramble }: HaltonOptions): Float64Array {
  const points = new Float64Array(nPoints * nDims);
  firstPrimes(nDims).forEach((base, dim) => {
    const digits = scramble && digitPermutations(base, scramble);
    for (let n = 0; n < nPoints; n++) {
      points[n * nDims + dim] = digits ? permutedInverse(n, base, digits) : radicalInverse(n, base);
    }
  });
  return points;
}

/** The digits of n mirrored at the radix point; one division of exact integers, hence correctly rounded. */
function radicalInverse(n: number, base: number): number {
  let mirrored = 0;
  let denominator = 1;
  for (let rest = n; rest > 0; rest = Math.floor(rest / base)) {
    mirrored = mirrored * base + (rest % base);
    denominator *= base;
  }
  return mirrored / denominator;
}

/** As {@link radicalInverse}, but every digit, the endless zeros too, goes through its permutation. */
function permutedInverse(n: number, base: number, permutations: readonly Int32Array[]): number {
  let value = 0;
  let weight = 1 / base;
  let rest = n;
  for (const permutation of permutations) {
    value += permutation[rest % base] * weight;
    rest = Math.floor(rest / base);
    weight /= base;
  }
  // The sum of all digits at their largest may round up to 1.
  return Math.min(value, 1 - 2 ** -53);
}

/** One permutation for each digit that a double can hold. */
function digitPermutations(base: number, random: Random): Int32Array[] {
  return Array.from({ length: Math.ceil(53 / Math.log2(base)) }, () => random.permutation(base));
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
