import { invariant } from '../errors.ts';

/**
 * Pearson's correlation of two lists of n finite numbers, -1…1. Undefined when either does not vary (so for n < 2).
 * Throws BugError for unequal lengths.
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  invariant(x.length === y.length, `pearson: lists of ${x.length} and ${y.length} numbers`);
  const [a, b] = [deviations(x), deviations(y)];
  if (a === undefined || b === undefined) return undefined;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] ** 2;
    bb += b[i] ** 2;
  }
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}

/**
 * Spearman's rank correlation, -1…1: Pearson's of the {@link averageRanks}, which is exact with ties. Undefined when
 * either list does not vary. Throws BugError for unequal lengths and NaN. O(n log n).
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  return pearson(averageRanks(x), averageRanks(y));
}

/** Ranks 1 … n from the smallest; equal values share the mean of their ranks. Throws BugError for NaN. */
export function averageRanks(x: ArrayLike<number>): Float64Array {
  for (let i = 0; i < x.length; i++)
    invariant(!Number.isNaN(x[i]), `averageRanks: entry ${i} is not a number`);
  // Sorting numbers alone is several times as fast as sorting their places.
  const sorted = Float64Array.from(x).sort();
  const rankOf = new Map<number, number>();
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    // Ranks start + 1 … end.
    rankOf.set(sorted[start], (start + 1 + end) / 2);
  }
  return Float64Array.from(x, (value) => rankOf.get(value)!);
}

/** Deviations from the mean in units of the largest distance, so that nothing overflows; undefined if all are zero. */
function deviations(x: ArrayLike<number>): Float64Array | undefined {
  const fromFirst = Float64Array.from(x, (value) => value - x[0]);
  const unit = fromFirst.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (unit === 0) return undefined;
  const mean = fromFirst.reduce((sum, value) => sum + value / unit, 0) / x.length;
  return fromFirst.map((value) => value / unit - mean);
}
