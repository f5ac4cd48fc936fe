import { createRandom } from '../random.ts';

/** Up to so many ways to part the values all are gone through, and the p-value is exact. */
const MOST_WAYS = 50_000;

/** Whether two groups differ, by exchanging who is in which. */
export interface PermutationTest {
  /** Mean of the first group less that of the second. */
  readonly difference: number;
  /** Two-sided. */
  readonly p: number;
  /** Ways to part the values that were compared with the one seen. */
  readonly ways: number;
  /** Every way was gone through; otherwise ways were drawn. */
  readonly isExact: boolean;
}

/** How a permutation test draws where there are too many ways to go through. */
export interface PermutationOptions {
  /** @default 9999 */
  readonly draws?: number;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * Two-sided permutation test of the means of two groups of independent values (of participants, say, one value each);
 * undefined where a group is empty.
 *
 * Method  p is the share of ways to part all values into groups of these sizes whose means lie at least as far apart as
 *         those seen. All ways where they are at most 50,000; else random ones, with (b + 1) / (m + 1), so that no p is 0.
 * Source  Fisher 1935, "The Design of Experiments"; Phipson and Smyth 2010 for the drawn p-value.
 * Limits  the hypothesis is that the groups are alike in everything; of groups that differ in spread alone, and much in
 *         size, it is not exact. Few values: no p-value below one over the ways (two over, for groups of equal size).
 */
export function permutationTest(
  a: readonly number[],
  b: readonly number[],
  { draws = 9999, seed = 0 }: PermutationOptions = {},
): PermutationTest | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const values = Float64Array.from([...a, ...b]);
  const difference = apart(sumOf(values, a.length), values, a.length);
  // Means that are equal in exact arithmetic differ in the last bits.
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const atLeast = Math.abs(difference) - 1e-11 * scale;
  const isFar = (sum: number): boolean => Math.abs(apart(sum, values, a.length)) >= atLeast;
  const all = waysToPart(values.length, a.length);
  if (all <= MOST_WAYS) {
    const far = countAll(values, a.length, isFar);
    return { difference, p: far / all, ways: all, isExact: true };
  }
  const far = countDrawn(values, a.length, isFar, draws, seed);
  return { difference, p: (far + 1) / (draws + 1), ways: draws, isExact: false };
}

/** The difference of means where the first `n` of the values add up to `sum`. */
function apart(sum: number, values: Float64Array, n: number): number {
  return sum / n - (sumOf(values, values.length) - sum) / (values.length - n);
}

function sumOf(values: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  return sum;
}

/** "n choose k", Infinity where it is beyond what is gone through. */
function waysToPart(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    ways = Math.round((ways * (n - i + 1)) / i);
    if (ways > MOST_WAYS) return Infinity;
  }
  return ways;
}

/** Of all choices of `k` values, in the order of an odometer, those whose sum is far out. */
function countAll(values: Float64Array, k: number, isFar: (sum: number) => boolean): number {
  const chosen = Array.from({ length: k }, (_, i) => i);
  for (let far = 0; ;) {
    if (isFar(chosen.reduce((sum, at) => sum + values[at], 0))) far++;
    let turning = k - 1;
    while (turning >= 0 && chosen[turning] === values.length - k + turning) turning--;
    if (turning < 0) return far;
    chosen[turning]++;
    for (let i = turning + 1; i < k; i++) chosen[i] = chosen[i - 1] + 1;
  }
}

function countDrawn(
  values: Float64Array,
  k: number,
  isFar: (sum: number) => boolean,
  draws: number,
  seed: number,
): number {
  const random = createRandom(seed);
  const moved = values.slice();
  let far = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const j = i + random.integer(moved.length - i);
      [moved[i], moved[j]] = [moved[j], moved[i]];
      sum += moved[i];
    }
    if (isFar(sum)) far++;
  }
  return far;
}
