import { invariant } from '../errors.ts';
import { pearson, spearman } from './correlation.ts';

/** The same map from the model and from one with random weights; laid out alike, one value a pixel. */
export interface MapPair {
  readonly map: ArrayLike<number>;
  readonly randomised: ArrayLike<number>;
}

/** Correlations of the two maps, -1…1; undefined where a map is flat. */
interface MapSimilarity {
  readonly rank: number | undefined;
  /** Rank correlation of |map|: for signed maps, whether the same pixels stand out with either sign. */
  readonly rankOfSizes: number | undefined;
  readonly linear: number | undefined;
}

/** How little maps change when the weights are random. */
export interface SanityCheck {
  /** One for each pair. */
  readonly maps: readonly MapSimilarity[];
  /**
   * Mean over the maps of the larger of |rank| and |rankOfSizes|, 0…1. High: the maps look alike whatever the model has
   * learned, they show the picture rather than the model. Undefined when every pair has a flat map.
   */
  readonly similarity: number | undefined;
  /** Pairs that count in no mean because a map is flat. */
  readonly flat: readonly number[];
}

/**
 * Weight-randomisation check of maps: a map that explains a model must change when the weights are replaced by
 * random ones.
 *
 * A low similarity does not prove a map right. Smooth maps with a common centre are somewhat alike in any model.
 * Throws  BugError for maps of unequal length and for values that are not finite.
 * Source  Adebayo et al. 2018, "Sanity Checks for Saliency Maps", section 3 (rank correlation with and without sign).
 */
export function sanityCheck(pairs: readonly MapPair[]): SanityCheck {
  const maps = pairs.map(similarityOf);
  const sizes = maps.flatMap(({ rank, rankOfSizes }) =>
    rank === undefined ? [] : [Math.max(Math.abs(rank), Math.abs(rankOfSizes ?? 0))],
  );
  return {
    maps,
    similarity: sizes.length > 0 ? sizes.reduce((sum, size) => sum + size, 0) / sizes.length : undefined,
    flat: [...maps.keys()].filter((i) => maps[i].rank === undefined),
  };
}

function similarityOf({ map, randomised }: MapPair, index: number): MapSimilarity {
  for (const values of [map, randomised]) {
    const isFiniteMap = Array.prototype.every.call(values, Number.isFinite);
    invariant(isFiniteMap, `sanityCheck: pair ${index} has a value that is not finite`);
  }
  const sizes = [map, randomised].map((values) => Float64Array.from(values, Math.abs));
  return {
    rank: spearman(map, randomised),
    rankOfSizes: spearman(sizes[0], sizes[1]),
    linear: pearson(map, randomised),
  };
}
