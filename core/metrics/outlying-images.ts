import { medianOf } from './median.ts';
import { invariant } from '../errors.ts';

/** An image in which a concept is unlike the other images. */
export interface Outlier {
  readonly image: number;
  /** Modified z-score: above 0 more than usual, below 0 less. */
  readonly score: number;
}

/** Iglewicz and Hoaglin's bound; 1 in 2000 values of a normal distribution lies beyond. */
const LEAST_SCORE = 3.5;
/** Makes the deviations estimate a normal distribution's standard deviation. */
const OF_MEDIAN_DEVIATION = 1.4826;
const OF_MEAN_DEVIATION = 1.2533;
const FEWEST = 5;

/**
 * Images in which one concept is far stronger or weaker than in most, farthest first.
 *
 * `strengths` holds one finite value an image. Score (x - median) / (1.4826 MAD); where more than half of the values
 * are equal, so that the median deviation MAD is 0, the mean deviation takes its place. None for fewer than 5 images and
 * for equal values. Throws BugError for a value that is not finite.
 *
 * Source  Iglewicz and Hoaglin 1993, "How to Detect and Handle Outliers", section 3.
 */
export function outliers(strengths: ArrayLike<number>): Outlier[] {
  const values = Float64Array.from(strengths);
  invariant(values.every(Number.isFinite), 'outliers: every strength must be finite');
  if (values.length < FEWEST) return [];
  const centre = medianOf(values);
  const deviations = values.map((value) => Math.abs(value - centre));
  const median = OF_MEDIAN_DEVIATION * medianOf(deviations);
  const mean = OF_MEAN_DEVIATION * (deviations.reduce((sum, value) => sum + value, 0) / values.length);
  const unit = median > 0 ? median : mean;
  if (unit === 0) return [];
  return Array.from(values, (value, image) => ({ image, score: (value - centre) / unit }))
    .filter(({ score }) => Math.abs(score) > LEAST_SCORE)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
}
