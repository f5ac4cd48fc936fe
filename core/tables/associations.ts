import { DISCOVERY_RATE, FEWEST_IMAGES } from '../metrics/drift.ts';
import { falseDiscoveryRates } from '../metrics/false-discovery.ts';
import {
  correlationTest,
  groupsTest,
  leadingGroup,
  probabilityOfMore,
  type RankTestOptions,
} from '../metrics/rank-tests.ts';
import type { ShareEstimate } from '../metrics/wilson.ts';
import type { Column } from './column-kinds.ts';

/** Exchanges of a test, as many times the number of tests: one find alone can have a rate of a hundredth. */
const EXCHANGES_PER_TEST = 100;

/** What one concept has to do with one column. */
export interface Association {
  /** Place of the concept and of the column. */
  readonly concept: number;
  readonly column: number;
  /** Images in which both are known. */
  readonly images: number;
  /** Share of the variation of the concept's ranks that goes along with the column, 0…1. */
  readonly share: number;
  readonly p: number;
  /** False discovery rate among all pairs that were looked at. */
  readonly q: number;
  readonly isFind: boolean;
  readonly effect: AssociationEffect;
}

/** Which way: rank correlation with numbers and dates; of a category the level that has most of it. */
export type AssociationEffect =
  | { readonly kind: 'correlation'; readonly rho: number; readonly low: number; readonly high: number }
  /** Probability that an image of the level has more of the concept than one of no such level. */
  | { readonly kind: 'level'; readonly level: string; readonly images: number; readonly more: ShareEstimate };

/** Amounts of the concepts [images][r], and columns with a value for each image. */
export interface Amounts {
  readonly amounts: readonly ArrayLike<number>[];
  readonly columns: readonly Column[];
}

/**
 * What each concept has to do with each column that can be compared: numbers and dates by Spearman's correlation,
 * categories by the ranks in their levels (see {@link correlationTest}, {@link groupsTest}). Of levels with fewer than
 * {@link FEWEST_IMAGES} images nothing is asked. Finds come first, those with the largest share first.
 *
 * Method  false discovery control over all pairs (Benjamini and Hochberg 1995), of which at most
 *         {@link DISCOVERY_RATE} are due to chance.
 * Limits  images must be exchangeable where nothing goes along: several pictures of one scene count as several. What goes
 *         along need not be the cause.
 */
export function associationsOf({ amounts, columns }: Amounts, seed: number): Association[] {
  const concepts = amounts[0]?.length ?? 0;
  const asked = columns.flatMap((column, at) => {
    const rows = comparable(column);
    return rows.length === 0 ? [] : [{ column, at, rows }];
  });
  const exchanges = EXCHANGES_PER_TEST * asked.length * concepts;
  const found = asked.flatMap(({ column, at, rows }) =>
    Array.from({ length: concepts }, (_, concept) => {
      const own = Float64Array.from(rows, (row) => amounts[row][concept]);
      const values = Float64Array.from(rows, (row) => column.values[row]);
      const tested = pairTest(own, values, column, { exchanges, seed: seed + at * concepts + concept });
      return tested && { concept, column: at, images: rows.length, ...tested };
    }).filter((one) => one !== undefined),
  );
  const rates = falseDiscoveryRates(found.map(({ p }) => p));
  return found
    .map((one, at) => ({ ...one, q: rates[at], isFind: rates[at] <= DISCOVERY_RATE }))
    .sort((a, b) => Number(b.isFind) - Number(a.isFind) || b.share - a.share || a.p - b.p);
}

/** Images whose value can be compared; none where there are too few, or no two values. */
function comparable({ kind, values, levels }: Column): readonly number[] {
  if (kind === 'text' || kind === 'same') return [];
  const sizes = new Float64Array(levels.length);
  if (kind === 'category') for (const value of values) if (!Number.isNaN(value)) sizes[value]++;
  const isUsed = (value: number): boolean =>
    !Number.isNaN(value) && (kind !== 'category' || sizes[value] >= FEWEST_IMAGES);
  const rows = [...values.keys()].filter((row) => isUsed(values[row]));
  const distinct = new Set(rows.map((row) => values[row])).size;
  return rows.length >= 2 * FEWEST_IMAGES && distinct > 1 ? rows : [];
}

function pairTest(
  own: Float64Array,
  values: Float64Array,
  { kind, levels }: Column,
  options: RankTestOptions,
): Pick<Association, 'share' | 'p' | 'effect'> | undefined {
  if (kind !== 'category') {
    const test = correlationTest(own, values, options);
    if (test === undefined) return undefined;
    const { rho, low, high, share, p } = test;
    return { share, p, effect: { kind: 'correlation', rho, low, high } };
  }
  const test = groupsTest(own, values, options);
  return test && { ...test, effect: leadingLevel(own, values, levels) };
}

/** The level that sets itself apart most by having more of the concept than the others. */
function leadingLevel(own: Float64Array, values: Float64Array, levels: readonly string[]): AssociationEffect {
  const level = leadingGroup(own, values)!;
  const isIn = Uint8Array.from(values, (value) => Number(value === level));
  const images = isIn.reduce((sum, one) => sum + one, 0);
  return { kind: 'level', level: levels[level], images, more: probabilityOfMore(own, isIn)! };
}
