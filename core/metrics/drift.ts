import { createRandom } from '../random.ts';
import { quantile } from '../sensitivity/bootstrap.ts';
import { falseDiscoveryRates } from './false-discovery.ts';

/** Fewer images on either side say nothing of a distribution. */
export const FEWEST_IMAGES = 5;
/** Share of finds due to chance that is allowed. */
export const DISCOVERY_RATE = 0.05;
/** Exchanges of images between the two sides. */
const EXCHANGES = 2000;
/** Images of either side that are looked at: so many tell distances of 0.05 apart from chance, and more take long. */
const MOST_IMAGES = 2000;

/** How one amount differs between two sets of images. */
export interface Drift {
  /** Largest difference of the two distribution functions, 0 … 1 (Kolmogorov–Smirnov). */
  readonly distance: number;
  /** What 95 % of random exchanges of images between the two sets stay below. */
  readonly usual: number;
  /** Share of exchanges that give as much. */
  readonly p: number;
  /** False discovery rate among all amounts that were looked at. */
  readonly q: number;
  readonly isDrift: boolean;
  /** Means of both sides. */
  readonly before: number;
  readonly now: number;
}

/**
 * Whether amounts are distributed otherwise in new images than in those of before; undefined where either has fewer than
 * {@link FEWEST_IMAGES}.
 *
 * Shapes   before [n][r], now [m][r]; one drift for each of the r amounts.
 * Method   two-sample distance with a permutation test (whole images are exchanged, so that amounts of one image stay
 *          together), then false discovery control over the amounts. Deterministic for the seed.
 * Source   Smirnov 1939; Good 2005 (permutation tests; Phipson & Smyth 2010 for p above 0); Benjamini & Hochberg 1995.
 * Limits   images must be exchangeable if nothing changed: many pictures of one scene count as many. Of more than
 *          {@link MOST_IMAGES} on a side as many, evenly taken; means are over all. O(exchanges · r · (n + m)).
 */
export function driftOf(
  before: readonly ArrayLike<number>[],
  now: readonly ArrayLike<number>[],
  seed: number,
): Drift[] | undefined {
  if (Math.min(before.length, now.length) < FEWEST_IMAGES) return undefined;
  const [earlier, later] = [someOf(before), someOf(now)];
  const all = [...earlier, ...later];
  const isNow = Uint8Array.from(all, (_, at) => (at < earlier.length ? 0 : 1));
  const amounts = before[0].length;
  const sorted = Array.from({ length: amounts }, (_, k) => ranked(all, k));
  const distances = sorted.map((ranks) => distanceOf(ranks, isNow, later.length));
  const random = createRandom(seed);
  const asMuch = new Float64Array(amounts);
  const drawn = sorted.map(() => new Float64Array(EXCHANGES));
  for (let exchange = 0; exchange < EXCHANGES; exchange++) {
    const order = random.permutation(all.length);
    const exchanged = Uint8Array.from(order, (at) => isNow[at]);
    sorted.forEach((ranks, k) => {
      const distance = distanceOf(ranks, exchanged, later.length);
      drawn[k][exchange] = distance;
      if (distance >= distances[k] - 1e-12) asMuch[k]++;
    });
  }
  const pValues = [...asMuch].map((count) => (count + 1) / (EXCHANGES + 1));
  const rates = falseDiscoveryRates(pValues);
  return distances.map((distance, k) => ({
    distance,
    usual: quantile(drawn[k].sort(), 0.95),
    p: pValues[k],
    q: rates[k],
    isDrift: rates[k] <= DISCOVERY_RATE,
    before: meanOf(before, k),
    now: meanOf(now, k),
  }));
}

/** Images by rising amount, and after which of them the amount rises. */
interface Ranks {
  readonly order: readonly number[];
  readonly rises: readonly boolean[];
}

function ranked(all: readonly ArrayLike<number>[], k: number): Ranks {
  const order = [...all.keys()].sort((a, b) => all[a][k] - all[b][k]);
  const rises = order.map((at, place) => place + 1 === order.length || all[order[place + 1]][k] > all[at][k]);
  return { order, rises };
}

/** Distance of the two distribution functions, taken where amounts rise: equal ones count at once. */
function distanceOf({ order, rises }: Ranks, isNow: Uint8Array, now: number): number {
  const before = order.length - now;
  let [seen, largest] = [0, 0];
  for (let place = 0; place < order.length; place++) {
    seen += isNow[order[place]];
    if (!rises[place]) continue;
    largest = Math.max(largest, Math.abs(seen / now - (place + 1 - seen) / before));
  }
  return largest;
}

function someOf(images: readonly ArrayLike<number>[]): readonly ArrayLike<number>[] {
  return images.length <= MOST_IMAGES
    ? images
    : Array.from({ length: MOST_IMAGES }, (_, i) => images[Math.floor((i * images.length) / MOST_IMAGES)]);
}

function meanOf(images: readonly ArrayLike<number>[], k: number): number {
  return images.reduce((sum, amounts) => sum + amounts[k], 0) / images.length;
}
