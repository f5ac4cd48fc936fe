import { quantile, type ImportanceBootstrap } from './bootstrap.ts';

export interface Ranking {
  /** Concepts, most important first; equal means keep the order of the bank. */
  readonly order: Int32Array;
  /** Tier of each place in `order`: 0 for the most important group, never decreasing. */
  readonly tiers: Int32Array;
}

/**
 * Ranks concepts and groups those that importance cannot tell apart.
 *
 * Going down the ranking, a concept joins the tier of those before it unless it is clearly below the tier's first
 * concept: unless the 95 % interval of their difference, taken draw by draw, lies above 0. Taking differences within
 * a draw lets what two concepts have in common (both high on the same images) cancel, which overlap of two
 * separate intervals would not. When the uncertainty is unknown, nothing is told apart: one tier.
 *
 * Each comparison is made at 95 % on its own, without correction for their number: among many equal concepts the
 * highest and the lowest may part by chance.
 */
export function tiers(bootstrap: Pick<ImportanceBootstrap, 'mean' | 'draws' | 'resampled'>): Ranking {
  const { mean, draws, resampled } = bootstrap;
  const order = Int32Array.from(mean.keys()).sort((i, j) => mean[j] - mean[i] || i - j);
  const tierOf = new Int32Array(order.length);
  let leader = 0;
  for (let place = 1; place < order.length; place++) {
    const parts = resampled !== 'unknown' && isBelow(draws, mean.length, order[place], order[leader]);
    tierOf[place] = tierOf[place - 1] + (parts ? 1 : 0);
    if (parts) leader = place;
  }
  return { order, tiers: tierOf };
}

/** Does the 95 % interval of (leader - concept) exclude 0? */
function isBelow(draws: Float64Array, r: number, concept: number, leader: number): boolean {
  const differences = Float64Array.from(
    { length: draws.length / r },
    (_, draw) => draws[draw * r + leader] - draws[draw * r + concept],
  ).sort();
  return quantile(differences, 0.025) > 0;
}
