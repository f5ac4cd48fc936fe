import type { ComparedConcept, ComparedRun } from '../../../core/comparison/compared-run.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { createRandom, type Random } from '../../../core/random.ts';

/** What a made run has; everything else follows. */
export interface SampleRun {
  /** [images][concepts]: how much of each concept is in each image; the same at all four places but for a fixed pattern. */
  readonly amounts: readonly (readonly number[])[];
  /** Mean total index of each concept. */
  readonly importance: readonly number[];
  readonly names?: readonly string[];
  /** File of each image, by its number. */
  readonly firstImage?: number;
  readonly model?: string;
  readonly layer?: string;
  readonly directions?: Matrix;
  readonly classes?: readonly string[];
  /** What the model says of each image; the first class if it is left out. */
  readonly said?: readonly number[];
  /** Indices vary by so much from image to image. */
  readonly noise?: number;
  readonly seed?: number;
  readonly grid?: readonly [number, number];
}

/** A run that was made up: 2 x 2 places, hashes that follow from the image's number. */
export function sampleRun({
  amounts,
  importance,
  names = importance.map((_, i) => `Concept ${i + 1}`),
  firstImage = 0,
  model = 'one',
  layer = 'relu',
  directions = matrix(importance.length, 1),
  classes = ['cat', 'dog'],
  said = [],
  noise = 0,
  seed = 1,
  grid = [2, 2],
}: SampleRun): ComparedRun {
  const random = createRandom(seed);
  const images = amounts.map((_, i) => imageOf(firstImage + i));
  const most = importance.map((_, c) => Math.max(...amounts.map((own) => own[c])));
  const strengths = amounts.map((own) => Float64Array.from(own, (value, c) => value / (most[c] || 1)));
  return {
    model,
    layer,
    grid,
    view: 'whole',
    images,
    concepts: importance.map((mean, c): ComparedConcept => ({
      id: `c${c}`,
      name: names[c],
      importance: { mean, low: mean, high: mean },
      prevalence: 1,
      without: new Map(),
    })),
    directions,
    amounts: amounts.map((own) => places(own, grid[0] * grid[1])),
    indices: amounts.map(() => Float64Array.from(importance, (mean) => mean + noise * random.normal())),
    strengths,
    present: strengths.map((own) => Uint8Array.from(own, (share) => Number(share >= 0.25))),
    answers: {
      names: classes,
      given: images.map((image, i) => ({
        ...image,
        said: { index: said[i] ?? 0, name: classes[said[i] ?? 0] },
      })),
    },
  };
}

/** The picture of a number: the same bytes wherever it lies. */
export function imageOf(number: number, folder = '/photos') {
  return { file: `${folder}/${number}.jpg`, sha256: `hash ${number}` };
}

/** Amounts of independent concepts, [images][concepts]. */
export function randomAmounts(
  images: number,
  concepts: number,
  random: Random = createRandom(3),
): number[][] {
  return Array.from({ length: images }, () => Array.from({ length: concepts }, () => random.uniform()));
}

function places(own: readonly number[], count: number): Matrix {
  return matrix(
    count,
    own.length,
    Float32Array.from({ length: count * own.length }, (_, at) => own[at % own.length]),
  );
}
