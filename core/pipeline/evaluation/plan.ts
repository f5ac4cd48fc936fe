import type { Explanation } from '../../concepts/explanation.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { EvaluationLevel } from '../../metrics/evaluation.ts';
import type { ActivationRows } from '../stages/rows.ts';

/** An explanation with the arrays that its evaluation needs; all in the order of the images and of the bank. */
export interface EvaluationSubject {
  readonly explanation: Pick<Explanation, 'images' | 'reconstruction' | 'answers'>;
  readonly rows: ActivationRows;
  /** W [r, p]. */
  readonly conceptBank: CodedBank;
  /** U(x) [positions, r] of each image. */
  readonly coefficients: readonly Matrix[];
  /** Columns of the bank, most important first. */
  readonly order: readonly number[];
  /** Total index of every concept in each image, [r]. */
  readonly imageImportance: readonly Float64Array[];
}

/** How much an evaluation does. */
export interface EvaluationPlan {
  /** Images whose curves are drawn. */
  readonly images: readonly number[];
  /** Random orders an image. */
  readonly nRandom: number;
  /** Banks made again from the same rows, and from bootstrap samples of the images. */
  readonly seeds: number;
  readonly bootstraps: number;
  /** Rows of each, and iterations at most. */
  readonly rows: number;
  readonly maxIter: number;
  /** Images at most that are looked at with a bank that has not seen them. */
  readonly heldOut: number;
  /** Images whose maps are drawn with random weights. */
  readonly sanityImages: readonly number[];
}

/**
 * What each level costs beside the run itself: the curves of `quick` need at most a sixth of the masks that importance
 * needs for as many images (r = 10: 1024 subsets against 12 · 512), its banks at most 1500 rows.
 */
const SIZES = {
  quick: {
    images: 32,
    nRandom: 100,
    seeds: 1,
    bootstraps: 3,
    rows: 1500,
    maxIter: 60,
    heldOut: 24,
    sanityImages: 8,
  },
  full: {
    images: 128,
    nRandom: 500,
    seeds: 5,
    bootstraps: 10,
    rows: 8192,
    maxIter: 200,
    heldOut: 96,
    sanityImages: 32,
  },
} as const satisfies Record<EvaluationLevel, Record<keyof EvaluationPlan, number>>;

/** Rows of a bank that is made again, for each of its concepts, where it has more than a few. */
const ROWS_A_CONCEPT = 150;

/** How a bank of so many concepts is made again. */
export function refitPlan(level: EvaluationLevel, concepts: number) {
  const { seeds, bootstraps, rows, maxIter } = SIZES[level];
  return { seeds, bootstraps, rows: Math.max(rows, ROWS_A_CONCEPT * concepts), maxIter };
}

/** What an evaluation of a level does with such images, none of which is a copy of another. */
export function planOf(level: EvaluationLevel, distinct: readonly number[]): EvaluationPlan {
  const { images, sanityImages, heldOut, ...sizes } = SIZES[level];
  return {
    ...sizes,
    images: spread(distinct, images),
    heldOut: Math.min(heldOut, distinct.length),
    sanityImages: spread(distinct, sanityImages),
  };
}

/** At most `most` of some images, evenly spread. */
function spread(images: readonly number[], most: number): number[] {
  const taken = Math.min(images.length, most);
  return Array.from({ length: taken }, (_, i) => images[Math.floor((i * images.length) / taken)]);
}
