import { createRandom, type Random } from '../random.ts';
import { averageRanks } from './correlation.ts';
import { chiSquareTail } from './tail-probability.ts';
import { Z95, shareEstimate, type ShareEstimate } from './wilson.ts';

/** Exchanges after which a test ends: so many of at least what was seen tell a large p-value well enough. */
const ENOUGH = 20;
/** Numbers that the exchanges of one test may move at most: 320 images 30,000 times. */
const MOST_MOVES = 1e7;
/** So many images must be expected in the scarcest combination for the limiting distribution to hold. */
const LEAST_EXPECTED = 20;

/** How a test is made. */
export interface RankTestOptions {
  /** Exchanges at most; one more is the smallest p-value's denominator. */
  readonly exchanges: number;
  readonly seed: number;
}

/** How much one list of numbers has to do with another, or with groups. */
export interface RankTest {
  /** Share of the variation of the ranks that goes along, 0…1. */
  readonly share: number;
  readonly p: number;
}

/** Spearman's correlation with its 95 % interval, and its test. */
export interface CorrelationTest extends RankTest {
  readonly rho: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Spearman's rank correlation of two lists of n finite numbers; undefined where either does not vary.
 *
 * Method  ρ² is compared with what exchanges of one list give (Besag and Clifford 1991, "Sequential Monte Carlo
 *         p-values": given up once 20 of them give as much), which is right with any ties; where none of the lists is
 *         mostly one value, with its limit, a chi-square variable of one degree over n - 1. Interval: Bonett and Wright
 *         2000 (Fisher's z, variance (1 + ρ²/2) / (n - 3)).
 * Throws  BugError for NaN and unequal lengths.
 */
export function correlationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: RankTestOptions,
): CorrelationTest | undefined {
  const [a, b] = [centredRanks(x), centredRanks(y)];
  if (a === undefined || b === undefined) return undefined;
  const n = a.values.length;
  const unit = Math.sqrt(a.squares * b.squares);
  const productOf = (values: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[i] * b.values[i];
    return sum / unit;
  };
  const rho = Math.max(-1, Math.min(1, productOf(a.values)));
  const statistic = (values: Float64Array): number => productOf(values) ** 2;
  const p =
    (a.others * b.others) / n >= LEAST_EXPECTED
      ? chiSquareTail(rho ** 2 * (n - 1), 1)
      : exchangedP(a.values, statistic, options);
  const half = n > 3 ? Z95 * Math.sqrt((1 + rho ** 2 / 2) / (n - 3)) : Infinity;
  const z = Math.atanh(Math.max(-1 + 1e-12, Math.min(1 - 1e-12, rho)));
  return { rho, low: Math.tanh(z - half), high: Math.tanh(z + half), share: rho ** 2, p };
}

/**
 * Whether numbers differ between k groups, by their ranks (Kruskal and Wallis 1952, corrected for ties); undefined where
 * the numbers do not vary or fewer than two groups have any. `groups[i]` is that of number i, 0 … k - 1.
 *
 * `share` is H / (n - 1), the part of the variation of the ranks between the groups, less what k groups take by chance
 * (ε² adjusted, at least 0). p-values as of {@link correlationTest}, with k - 1 degrees in the limit.
 */
export function groupsTest(
  x: ArrayLike<number>,
  groups: ArrayLike<number>,
  options: RankTestOptions,
): RankTest | undefined {
  const ranks = centredRanks(x);
  const sizes: number[] = [];
  for (let i = 0; i < x.length; i++) sizes[groups[i]] = (sizes[groups[i]] ?? 0) + 1;
  const used = sizes.filter((size) => size > 0);
  if (ranks === undefined || used.length < 2) return undefined;
  const n = x.length;
  const sums = new Float64Array(sizes.length);
  const between = (values: Float64Array): number => {
    sums.fill(0);
    for (let i = 0; i < n; i++) sums[groups[i]] += values[i];
    let total = 0;
    sizes.forEach((size, group) => (total += sums[group] ** 2 / size));
    return total / ranks.squares;
  };
  const whole = between(ranks.values);
  const degrees = used.length - 1;
  const p =
    (ranks.others * Math.min(...used)) / n >= LEAST_EXPECTED
      ? chiSquareTail(whole * (n - 1), degrees)
      : exchangedP(ranks.values, between, options);
  const share =
    n > used.length ? Math.max(0, (whole * (n - 1) - degrees) / (n - 1 - degrees)) : Math.max(0, whole);
  return { share, p };
}

/**
 * The group whose numbers are most likely larger than the others', and none for an empty list: from the ranks' sums, as
 * {@link probabilityOfMore} counts for each group.
 */
export function leadingGroup(x: ArrayLike<number>, groups: ArrayLike<number>): number | undefined {
  const ranks = averageRanks(x);
  const sums = new Map<number, { readonly size: number; readonly sum: number }>();
  ranks.forEach((rank, i) => {
    const { size, sum } = sums.get(groups[i]) ?? { size: 0, sum: 0 };
    sums.set(groups[i], { size: size + 1, sum: sum + rank });
  });
  const chances = [...sums].map(([group, { size, sum }]) => {
    const larger = sum - (size * (size + 1)) / 2;
    return { group, chance: larger / (size * (ranks.length - size)) };
  });
  return chances.sort((a, b) => b.chance - a.chance).at(0)?.group;
}

/**
 * Probability that a number of the one kind (`isIn[i]` not 0) is larger than one of the other, ties counted half, with its
 * 95 % interval; undefined where either kind is missing.
 *
 * Source  DeLong, DeLong and Clarke-Pearson 1988 (variance from placements). The interval is Wilson's of a share in as many
 *         draws as have that variance, so that it neither leaves 0…1 nor shrinks to a point.
 */
export function probabilityOfMore(x: ArrayLike<number>, isIn: ArrayLike<number>): ShareEstimate | undefined {
  const at = Array.from({ length: x.length }, (_, i) => i);
  const sides = [at.filter((i) => isIn[i] !== 0), at.filter((i) => isIn[i] === 0)];
  const [own, rest] = sides.map((side) => side.length);
  if (own === 0 || rest === 0) return undefined;
  const all = averageRanks(x);
  const [ownPlaces, restPlaces] = sides.map((side) => {
    const within = averageRanks(side.map((i) => x[i]));
    const others = x.length - side.length;
    return side.map((i, place) => (all[i] - within[place]) / others);
  });
  const value = ownPlaces.reduce((sum, place) => sum + place, 0) / own;
  const variance = varianceOf(ownPlaces) / own + varianceOf(restPlaces) / rest;
  const few = Math.min(own, rest);
  const draws = variance > 0 ? Math.max(few, (value * (1 - value)) / variance) : few;
  return shareEstimate(value * draws, draws);
}

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Ranks less their mean. */
interface CentredRanks {
  readonly values: Float64Array;
  readonly squares: number;
  /** Numbers that are not the most frequent one. */
  readonly others: number;
}

function centredRanks(x: ArrayLike<number>): CentredRanks | undefined {
  const ranks = averageRanks(x);
  const values = ranks.map((rank) => rank - (x.length + 1) / 2);
  const squares = values.reduce((sum, value) => sum + value ** 2, 0);
  if (squares === 0) return undefined;
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  return { values, squares, others: x.length - [...counts.values()].reduce((a, b) => Math.max(a, b)) };
}

/** Share of random exchanges of `values` that give at least as much. */
function exchangedP(
  values: Float64Array,
  statistic: (values: Float64Array) => number,
  { exchanges, seed }: RankTestOptions,
): number {
  const least = statistic(values) * (1 - 1e-9);
  const random = createRandom(seed);
  const drawn = values.slice();
  const most = Math.max(1000, Math.min(exchanges, Math.floor(MOST_MOVES / values.length)));
  let asMuch = 0;
  for (let made = 1; made <= most; made++) {
    shuffle(drawn, random);
    if (statistic(drawn) >= least) asMuch++;
    if (asMuch === ENOUGH) return asMuch / made;
  }
  return (asMuch + 1) / (most + 1);
}

function shuffle(values: Float64Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const moved = values[i];
    values[i] = values[j];
    values[j] = moved;
  }
}
