import { fTail } from './incomplete-beta.ts';
import { studentizedRangeQuantile, studentizedRangeTail } from './studentized-range.ts';

/** Whether the means of some groups differ at all. */
export interface Anova {
  readonly f: number;
  /** Degrees of freedom between groups and within. */
  readonly between: number;
  readonly within: number;
  readonly p: number;
  /** Part of the variation that lies between the groups (η²), 0 … 1. */
  readonly share: number;
  /** Mean square within groups. */
  readonly meanSquare: number;
}

/** How far the means of two of the groups lie apart: `first` less `second`, with a 95 % interval that holds for all pairs at once. */
export interface PairDifference {
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

/**
 * One-way analysis of variance of groups of independent values; undefined where fewer than two groups have values, none
 * has two, or no group varies.
 *
 * Source  Fisher 1925, "Statistical Methods for Research Workers".
 * Limits  supposes normal values of equal spread; shares near 0 or 1 are neither.
 */
export function oneWayAnova(groups: readonly (readonly number[])[]): Anova | undefined {
  const used = groups.filter((values) => values.length > 0);
  const n = used.reduce((sum, values) => sum + values.length, 0);
  const [between, within] = [used.length - 1, n - used.length];
  if (between < 1 || within < 1) return undefined;
  const grand = used.reduce((sum, values) => sum + values.length * meanOf(values), 0) / n;
  const squares = used.reduce((sum, values) => sum + values.length * (meanOf(values) - grand) ** 2, 0);
  const rest = used.reduce((sum, values) => sum + squaresWithin(values), 0);
  // What rounding leaves of values that are all the same.
  if (rest <= 1e-20 * n * grand ** 2) return undefined;
  const meanSquare = rest / within;
  const f = squares / between / meanSquare;
  return { f, between, within, p: fTail(f, between, within), share: squares / (squares + rest), meanSquare };
}

/**
 * Every pair of groups compared so that the chance to err anywhere is 5 % at most: Tukey's honestly significant difference,
 * after Kramer for groups of unequal size. Empty groups are left out; none where {@link oneWayAnova} is undefined.
 *
 * Source  Tukey 1953; Kramer 1956. Limits  as of the analysis of variance.
 */
export function tukeyPairs(groups: readonly (readonly number[])[]): PairDifference[] {
  const anova = oneWayAnova(groups);
  if (anova === undefined) return [];
  const [k, { within, meanSquare }] = [anova.between + 1, anova];
  const reach = studentizedRangeQuantile(0.05, k, within);
  const used = [...groups.keys()].filter((at) => groups[at].length > 0);
  return used.flatMap((first, place) =>
    used.slice(place + 1).map((second) => {
      const [a, b] = [groups[first], groups[second]];
      const difference = meanOf(a) - meanOf(b);
      const error = Math.sqrt((meanSquare / 2) * (1 / a.length + 1 / b.length));
      const half = reach * error;
      const p = studentizedRangeTail(Math.abs(difference) / error, k, within);
      return { first, second, difference, low: difference - half, high: difference + half, p };
    }),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squaresWithin(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
