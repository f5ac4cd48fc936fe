import { FEWEST_IMAGES } from '../../metrics/drift.ts';
import { halfWidth95 } from '../../metrics/mean-interval.ts';

/** How much of one concept lies in objects, beside the room that these take. */
export interface ObjectShare {
  /** Place of the concept. */
  readonly concept: number;
  /** Images that have both. */
  readonly images: number;
  /** Means over them: share of the concept's amount inside, and of the image's area, 0…1. */
  readonly inside: number;
  readonly area: number;
  /** Mean of the difference with its 95 % interval: above 0 the concept seeks the objects, below 0 it keeps off them. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** One image: amounts of the concepts [places][r], and the share of each place that objects cover [places]. */
export interface CoveredImage {
  readonly amounts: { readonly cols: number; readonly data: ArrayLike<number> };
  readonly cover: Float64Array;
}

/**
 * How much of each concept's amount lies inside objects, in images that have both; concepts in fewer than
 * {@link FEWEST_IMAGES} are left out. Interval by Student's t over images.
 */
export function objectShares(images: readonly CoveredImage[]): ObjectShare[] {
  const concepts = images[0]?.amounts.cols ?? 0;
  return Array.from({ length: concepts }, (_, concept) => {
    const shares = images.flatMap((image) => shareOf(image, concept) ?? []);
    if (shares.length < FEWEST_IMAGES) return undefined;
    const mean = (of: (share: (typeof shares)[number]) => number): number =>
      shares.reduce((sum, share) => sum + of(share), 0) / shares.length;
    const differences = shares.map(({ inside, area }) => inside - area);
    const difference = mean(({ inside, area }) => inside - area);
    const half = halfWidth95(differences);
    return {
      ...{
        concept,
        images: shares.length,
        inside: mean(({ inside }) => inside),
        area: mean(({ area }) => area),
      },
      ...{ difference, low: difference - half, high: difference + half },
    };
  }).filter((share) => share !== undefined);
}

function shareOf({ amounts: { cols, data }, cover }: CoveredImage, concept: number) {
  let [inside, whole, area] = [0, 0, 0];
  cover.forEach((share, place) => {
    const amount = data[place * cols + concept];
    inside += amount * share;
    whole += amount;
    area += share / cover.length;
  });
  return whole > 0 && area > 0 ? { inside: inside / whole, area } : undefined;
}
