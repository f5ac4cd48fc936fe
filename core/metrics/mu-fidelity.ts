import { invariant } from '../errors.ts';
import { matrix } from '../linalg/matrix.ts';
import { createRandom } from '../random.ts';
import { pearson, spearman } from './correlation.ts';
import { isConstantLogit, type MaskedLogitFn } from './masked-logit.ts';
import { halfWidth95 } from './mean-interval.ts';

/** Subsets of concepts whose effect is compared. */
export interface MuFidelityOptions {
  /** Random subsets an image, drawn with replacement. @default 128 */
  readonly nSubsets?: number;
  /** Concepts in each subset, 1 … r. @default half of r, rounded down, at least 1 */
  readonly subsetSize?: number;
  /** @default 'pearson' */
  readonly correlation?: 'pearson' | 'spearman';
  /** Should differ between images, so that their subsets do. @default 0 */
  readonly seed?: number;
}

/** How well the attributions of one image foretell what removing concepts does to its logit. */
export interface ImageMuFidelity {
  /** -1…1; absent unless the status is `ok`. */
  readonly value?: number;
  /**
   * `constant-logit`: no subset moves the logit differently from another, up to rounding; `constant-attribution`: all
   * subsets have the same sum, as with equal attributions or a single concept; `non-finite`: a logit is NaN or
   * infinite.
   */
  readonly status: 'ok' | 'constant-logit' | 'constant-attribution' | 'non-finite';
}

/** Mean over the images that have a value. */
export interface MuFidelity {
  readonly mean: number | undefined;
  /** 95 % interval of the mean for other images of the same kind (Student's t); undefined below two values. */
  readonly interval: readonly [low: number, high: number] | undefined;
  /** Number of images that have a value. */
  readonly images: number;
}

/**
 * C-µFidelity of one image: over random subsets S of k concepts, the correlation of Σ_{c in S} attribution_c with the
 * drop of the logit when the concepts of S are removed, f(1) - f(1 - 1_S).
 *
 * Shapes  attributions [r], finite. All masks go to `evaluate` in one call.
 * With r = 2 and k = 1 there are two subsets and the value can only be -1 or 1.
 * Throws  BugError for a subset size outside 1 … r, and for attributions that are not finite.
 * Source  Bhatt, Weller and Moura 2020, "Evaluating and Aggregating Feature-based Model Explanations" (subsets of fixed
 *         size, Pearson's correlation, a baseline for what is removed); Fel et al. 2023, "CRAFT" (of concepts).
 */
export async function imageMuFidelity(
  evaluate: MaskedLogitFn,
  attributions: ArrayLike<number>,
  { nSubsets = 128, subsetSize, correlation = 'pearson', seed = 0 }: MuFidelityOptions = {},
): Promise<ImageMuFidelity> {
  const r = attributions.length;
  const size = subsetSize ?? Math.max(1, Math.floor(r / 2));
  checkInput(attributions, size);
  const random = createRandom(seed);
  const subsets = Array.from({ length: nSubsets }, () => random.permutation(r).subarray(0, size).sort());
  const sums = subsets.map((subset) => subset.reduce((sum, concept) => sum + attributions[concept], 0));
  const masks = matrix(nSubsets, r);
  masks.data.fill(1);
  subsets.forEach((subset, row) => subset.forEach((concept) => (masks.data[row * r + concept] = 0)));
  const logits = await evaluate(masks);
  invariant(logits.length === nSubsets, `imageMuFidelity: ${logits.length} logits for ${nSubsets} masks`);
  if (!logits.every(Number.isFinite)) return { status: 'non-finite' };
  if (isConstantLogit(logits)) return { status: 'constant-logit' };
  // The drop is the logit's negative but for f(1), which is one number for all subsets and moves no correlation.
  const value = (correlation === 'pearson' ? pearson : spearman)(
    sums,
    logits.map((logit) => -logit),
  );
  return value === undefined ? { status: 'constant-attribution' } : { status: 'ok', value };
}

/** Mean C-µFidelity over images. */
export function muFidelity(images: readonly ImageMuFidelity[]): MuFidelity {
  const values = images.flatMap(({ value }) => (value === undefined ? [] : [value]));
  if (values.length === 0) return { mean: undefined, interval: undefined, images: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const half = values.length > 1 ? halfWidth95(values) : undefined;
  return {
    mean,
    interval: half === undefined ? undefined : [Math.max(-1, mean - half), Math.min(1, mean + half)],
    images: values.length,
  };
}

function checkInput(attributions: ArrayLike<number>, size: number): void {
  const r = attributions.length;
  invariant(
    Number.isInteger(size) && size >= 1 && size <= r,
    `imageMuFidelity: subset size must be a whole number in 1 … ${r}, got ${size}`,
  );
  const isFiniteList = Array.from(attributions).every(Number.isFinite);
  invariant(
    isFiniteList,
    `imageMuFidelity: attributions must be finite, got [${Array.from(attributions).join(', ')}]`,
  );
}
