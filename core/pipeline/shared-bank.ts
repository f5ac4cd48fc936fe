import type { ClassCount } from '../concepts/explanation.ts';
import { createRandom } from '../random.ts';
import type { EvaluationLevel } from '../metrics/evaluation.ts';
import { filesByContent } from './evaluation/alike-images.ts';
import type { FileFact } from './question.ts';
import type { ConceptBank, MadeAgain } from './concept-bank.ts';

/** Fewest images of a class that a shared bank, or "every class", takes up. */
export const LEAST_IMAGES = 5;
/** Images that a shared bank is made of at most; each class has an equal share of them. */
const MOST_IMAGES = 1024;
/** Concepts of a shared bank for which nobody gave a number: so many for one class, and for every further one. */
const FIRST_CLASS = 10;
const FURTHER_CLASS = 5;
/** More than this a person does not look through. */
const MOST_CONCEPTS = 128;

/** What a bank of concepts for several classes is made of. */
export interface BankSample {
  readonly images: readonly FileFact[];
  /** Classes, by what the model says, with the images of each that are in the sample; the most frequent first. */
  readonly classes: readonly ClassCount[];
}

/** A bank made of the images of several classes, for runs that explain one of them each. */
export interface SharedBank {
  /** Names what it was made of and how; runs of one fingerprint have the same concepts. */
  readonly fingerprint: string;
  readonly bank: Omit<ConceptBank, 'coefficients'>;
  readonly sample: BankSample;
  /** The bank made again from other samples of these images; once, whichever class asks. */
  madeAgain(level: EvaluationLevel): Promise<MadeAgain>;
}

/**
 * The images for a bank of all classes: of each class that the model predicts for at least {@link LEAST_IMAGES} different
 * images an equal share, drawn without repetition and without copies, so that a large class does not crowd out a small
 * one. With fewer classes than that, all images are one class. Deterministic for the seed.
 */
export function sampleForBank(
  predictions: readonly { readonly at: number; readonly index: number }[],
  files: readonly FileFact[],
  seed: number,
): BankSample {
  const asked = predictions.map(({ at }) => files[at]);
  const distinct = filesByContent(asked).map(([first]) => predictions[first]);
  const byClass = new Map<number, number[]>();
  for (const { at, index } of distinct) byClass.set(index, [...(byClass.get(index) ?? []), at]);
  const known = [...byClass].filter(([, own]) => own.length >= LEAST_IMAGES);
  const groups = known.length > 0 ? known : [...byClass];
  const each = Math.max(1, Math.floor(MOST_IMAGES / groups.length));
  const random = createRandom(seed);
  const drawn = groups
    .sort(([a, m], [b, n]) => n.length - m.length || a - b)
    .map(([index, own]) => ({ index, own: drawnFrom(own, each, random.permutation(own.length)) }));
  return {
    images: drawn.flatMap(({ own }) => own.map((at) => files[at])),
    classes: drawn.map(({ index, own }) => ({ index, images: own.length })),
  };
}

/** In the order of the files, so that the sample of all is the files as they are. */
function drawnFrom(own: readonly number[], most: number, order: ArrayLike<number>): number[] {
  return Array.from({ length: Math.min(most, own.length) }, (_, i) => own[order[i]]).sort((a, b) => a - b);
}

/** How many concepts a bank of so many classes has where nobody said; a layer allows as many as it has channels. */
export function conceptsFor(classes: number, channels: number): number {
  return Math.min(FIRST_CLASS + FURTHER_CLASS * (classes - 1), channels, MOST_CONCEPTS);
}

/** Images of each class that a refinement needs. */
const REFINED_OF_CLASS = 4;

/** Is a bank of so many classes refined, where that is done on so many images? With few of each it would be by chance. */
export function isRefinable(classes: number, images: number): boolean {
  return images >= REFINED_OF_CLASS * classes;
}
