import { lazyList, rowsOf } from '../lazy-list.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { OnProgress } from '../platform.ts';
import { createRandom } from '../random.ts';
import { bootstrapImportance } from '../sensitivity/bootstrap.ts';
import { linearExact } from '../sensitivity/linear-exact.ts';
import { tiers } from '../sensitivity/tiers.ts';
import { totalIndex, type TotalIndexOptions } from '../sensitivity/total-index.ts';
import type { Estimate } from './explanation.ts';
import type { MaskedHead, MaskedLogit } from './masked-head.ts';

/** Sobol total indices of one image. */
export interface ImageImportance {
  /** One vector of r indices a replicate; a single one where the closed form holds. */
  readonly replicates: readonly Float64Array[];
  readonly evaluations: number;
  readonly method: 'sampled' | 'exact';
  /** `constant-output`: nothing the concepts do moves the logit; `non-finite`: the head gave NaN or infinity. */
  readonly status: 'ok' | 'constant-output' | 'non-finite';
}

/** Importance of every concept for the class, over all images. */
export interface ClassImportance {
  /** By concept, in order of the bank. */
  readonly estimates: readonly Estimate[];
  /** Concept indices, most important first. */
  readonly order: readonly number[];
  /** By concept, in order of the bank: group of concepts that cannot be told apart, 0 first. */
  readonly tiers: readonly number[];
  readonly evaluations: number;
  readonly method: 'sampled' | 'exact';
  /** Images whose logit was not finite: they are left out of the mean. */
  readonly leftOut: readonly number[];
}

/** Where the head is affine in the masks the index is exact; a chosen design forces sampling. */
export interface ImportanceOptions extends TotalIndexOptions {
  /** Sample even where the closed form holds, to compare with it. @default false */
  readonly alwaysSample?: boolean;
}

/**
 * Total Sobol index of every concept on the class logit of one image (CRAFT, section 3.3; Jansen's estimator).
 *
 * `seed` must differ between images: the class interval relies on independent designs.
 */
export async function imageImportance(
  logit: MaskedLogit,
  nConcepts: number,
  { alwaysSample = false, ...options }: ImportanceOptions,
): Promise<ImageImportance> {
  if (logit.slopes !== undefined && !alwaysSample) {
    const { indices, status } = linearExact(logit.slopes);
    return { replicates: [indices], evaluations: 0, method: 'exact', status };
  }
  const sampled = await totalIndex((masks) => logit.evaluate(masks), nConcepts, options);
  return { ...sampled, method: 'sampled' };
}

/** How many images in all there are, and who hears of each. */
interface ImagesWork {
  readonly total: number;
  readonly players?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * {@link imageImportance} for many images, each with a seed of its own drawn from `options.seed`. `players`: how many masks
 * the head takes, if it is not one a concept.
 */
export async function importanceOfImages(
  coefficients: Iterable<Matrix>,
  head: MaskedHead,
  options: ImportanceOptions,
  { total, players, onProgress, signal }: ImagesWork,
): Promise<ImageImportance[]> {
  const seeds = createRandom(options.seed ?? 0);
  const results: ImageImportance[] = [];
  for (const image of coefficients) {
    signal?.throwIfAborted();
    const logit = await head.prepare(image);
    const design = { ...options, seed: seeds.integer(2 ** 32) };
    results.push(await imageImportance(logit, players ?? image.cols, design));
    onProgress?.({ stage: 'importance', done: results.length, total });
  }
  return results;
}

/** Mean total index of each concept [r] over the replicates of an image. */
export function meanIndices({ replicates }: Pick<ImageImportance, 'replicates'>): Float64Array {
  return replicates[0].map(
    (_, concept) => replicates.reduce((sum, one) => sum + one[concept], 0) / replicates.length,
  );
}

/** {@link meanIndices} of each image, in one array. */
export function meanIndicesOf(images: readonly ImageImportance[]): readonly Float64Array[] {
  const r = images[0].replicates[0].length;
  const means = new Float64Array(images.length * r);
  let at = 0;
  for (const image of images) means.set(meanIndices(image), r * at++);
  return rowsOf(means, r);
}

/** Mean over images with a bootstrap interval, the ranking, and what it cannot tell apart. */
export function classImportance(images: readonly ImageImportance[], seed: number): ClassImportance {
  // Replicates may lie on the disk: they are looked at one image after another, and not kept.
  const usable: number[] = [];
  const leftOut: number[] = [];
  let exact = true;
  let evaluations = 0;
  let at = 0;
  for (const image of images) {
    evaluations += image.evaluations;
    const isUsable = image.status !== 'non-finite';
    if (isUsable && image.method !== 'exact') exact = false;
    (isUsable ? usable : leftOut).push(at++);
  }
  const indices = lazyList(usable.length, (image) => images[usable[image]].replicates);
  const bootstrap = bootstrapImportance(indices, { exact, seed });
  const ranking = tiers(bootstrap);
  const tierOf: number[] = [];
  ranking.order.forEach((concept, place) => (tierOf[concept] = ranking.tiers[place]));
  return {
    estimates: Array.from(bootstrap.mean, (mean, concept) => ({
      mean,
      low: bootstrap.low[concept],
      high: bootstrap.high[concept],
    })),
    order: [...ranking.order],
    tiers: tierOf,
    evaluations,
    method: exact ? 'exact' : 'sampled',
    leftOut,
  };
}
