import { DISCOVERY_RATE, FEWEST_IMAGES } from '../metrics/drift.ts';
import { falseDiscoveryRates } from '../metrics/false-discovery.ts';
import { fisherExact } from '../metrics/fisher-exact.ts';
import { lowestDifference, shareEstimate, type ShareEstimate } from '../metrics/wilson.ts';

/** A column by its levels, of the pictures that were judged. */
export interface SlicedColumn {
  readonly column: number;
  readonly levels: readonly string[];
  /** [pictures] -1 where nothing is known. */
  readonly of: Int32Array;
}

/** The pictures of one level of one column. */
export interface Slice {
  readonly column: number;
  readonly level: string;
  readonly images: number;
  readonly wrong: number;
  readonly errors: ShareEstimate;
  /** Of all other judged pictures of which the column is known. */
  readonly rest: ShareEstimate;
  /** Lower end of the interval of the difference to the rest; below 0 it may be no worse. */
  readonly worseBy: number;
  readonly p: number;
  /** False discovery rate among all slices. */
  readonly q: number;
  /** Does it do worse than the rest, other than by chance? */
  readonly isWorse: boolean;
}

/**
 * How often the model is wrong in each level of each column that has at least {@link FEWEST_IMAGES} judged pictures, beside
 * all others. `isWrong` is undefined where no one knows. Those that do worse come first, the one that surely differs most
 * from the rest first.
 *
 * Method  Wilson intervals, Newcombe's of the difference, Fisher's exact test, false discovery control over all slices.
 */
export function slicesOf(
  columns: readonly SlicedColumn[],
  isWrong: readonly (boolean | undefined)[],
): Slice[] {
  const found = columns.flatMap(({ column, levels, of }) => {
    const counts = levels.map(() => ({ images: 0, wrong: 0 }));
    of.forEach((level, picture) => {
      if (level < 0 || isWrong[picture] === undefined) return;
      counts[level].images++;
      if (isWrong[picture]) counts[level].wrong++;
    });
    const whole = counts.reduce(
      (sum, one) => ({ images: sum.images + one.images, wrong: sum.wrong + one.wrong }),
      { images: 0, wrong: 0 },
    );
    return counts.flatMap(({ images, wrong }, level) => {
      if (images < FEWEST_IMAGES || whole.images - images < FEWEST_IMAGES) return [];
      const errors = shareEstimate(wrong, images);
      const rest = shareEstimate(whole.wrong - wrong, whole.images - images);
      const p = fisherExact(wrong, images, whole.wrong, whole.images);
      return [
        {
          column,
          level: levels[level],
          images,
          wrong,
          errors,
          rest,
          worseBy: lowestDifference(errors, rest),
          p,
        },
      ];
    });
  });
  const rates = falseDiscoveryRates(found.map(({ p }) => p));
  return found
    .map((slice, at) => ({
      ...slice,
      q: rates[at],
      isWorse: rates[at] <= DISCOVERY_RATE && slice.errors.value > slice.rest.value,
    }))
    .sort((a, b) => Number(b.isWorse) - Number(a.isWorse) || b.worseBy - a.worseBy);
}
