import { countOf } from './count-text.ts';
import { decimalText, intervalText, percentText } from './number-text.ts';

interface Compared {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Of random sets. */
  readonly median: number;
  readonly p: number;
}

/** What of an own concept its sentences need. */
export interface OwnConceptFacts {
  readonly examples: {
    readonly count: number;
    readonly kind: 'picture' | 'crop';
    /** Absent where they are images of the run. */
    readonly folder?: string;
    /** The run that they are of, where it is another of the same bank. */
    readonly run?: string;
  };
  readonly others: {
    readonly count: number;
    readonly from: 'explained' | 'given' | 'folder';
    readonly folder?: string;
  };
  readonly accuracy: Compared;
  /** Is it told apart better than random sets are? */
  readonly isDistinct: boolean;
  readonly sets: number;
  readonly tcav?: Compared & { readonly isDistinct: boolean };
  readonly isLinear: boolean;
  /** Explained images, and those that are decided otherwise without it. */
  readonly images: number;
  readonly flips: number;
  readonly nearest?: { readonly name: string; readonly cosine: number };
  readonly spanned: number;
  /** The found concept that loses most of its importance to it. */
  readonly loses?: { readonly name: string; readonly before: number; readonly after: number };
}

/** Different pictures on either side without which a probe cannot be judged. */
export const FEWEST_EXAMPLES = 5;

/** What is still missing of examples of an own concept: "2 more images are needed". Empty where they are enough. */
export function missingExamplesText(pictures: number): string {
  const missing = FEWEST_EXAMPLES - pictures;
  if (missing <= 0) return '';
  return `${missing} more ${missing === 1 ? 'image is' : 'images are'} needed for a concept`;
}

/** What is said of a concept that chance makes as well. */
export const NOT_DISTINCT = 'not distinguishable from random sets';

/** What own concepts are, and how their figures are to be read. */
export const OWN_MEANING =
  'A concept that a person gave by examples. A direction is fitted that tells them from other pictures; its importance is its share of the movement of the score beside the concepts that were found, taking its own part of the activations before them.';

const OTHERS = {
  explained: 'other images of the run',
  given: 'images that the run was given',
  folder: 'pictures of another folder',
} as const;

/** What it was made of: "24 pictures of a folder, told from 150 images that the run was given". */
export function examplesText({ examples, others }: Pick<OwnConceptFacts, 'examples' | 'others'>): string {
  const { run = 'the run' } = examples;
  const from = examples.folder === undefined ? `of ${run}` : 'of a folder';
  const told = OTHERS[others.from].replace('the run', run);
  return `${countOf(examples.count, examples.kind)} ${from}, told from ${others.count} ${told}`;
}

/** How well the direction tells its examples: "Told apart in 92.7 % of cases (89.6–98.4 %)…". */
export function accuracyText({ accuracy }: Pick<OwnConceptFacts, 'accuracy'>): string {
  return `Told apart in ${percentText(accuracy.value)} of cases (${intervalText(accuracy)}) in pictures held out; chance is 50 %.`;
}

/** Whether that is more than chance makes. */
export function againstRandomText({
  accuracy,
  isDistinct,
  sets,
}: Pick<OwnConceptFacts, 'accuracy' | 'isDistinct' | 'sets'>): string {
  const { median, p } = accuracy;
  const random = `${sets} random sets of as many pictures reach ${percentText(median)} (median), p ${decimalText(p)}`;
  return isDistinct
    ? `More than random sets: ${random}.`
    : `This is ${NOT_DISTINCT}: ${random}. What follows is of a direction that may show nothing.`;
}

/** In how many images the score rises along the direction. */
export function tcavText({ tcav, isLinear }: Pick<OwnConceptFacts, 'tcav' | 'isLinear'>): string {
  if (tcav === undefined) return 'No TCAV score: the model has no gradients from this layer on.';
  const share = `TCAV score ${percentText(tcav.value)}: in so many of the images the score rises along it`;
  if (isLinear)
    return `${share}. From this layer on the model is linear in it, so that every direction has 0 or 100 %.`;
  const random = `random sets have ${percentText(tcav.median)} (median), p ${decimalText(tcav.p)}`;
  return `${share} (${intervalText(tcav)}); ${random}${tcav.isDistinct ? '' : `, ${NOT_DISTINCT}`}.`;
}

/** What it has in common with concepts that were found. */
export function overlapText({
  nearest,
  spanned,
  loses,
}: Pick<OwnConceptFacts, 'nearest' | 'spanned' | 'loses'>): string {
  const near =
    nearest === undefined
      ? 'No found concept has a direction to compare with.'
      : `Nearest of the found concepts: ${nearest.name}, cosine ${decimalText(nearest.cosine)}; together their directions span ${percentText(spanned)} of it.`;
  if (loses === undefined) return `${near} None of them loses importance to it.`;
  return `${near} Beside it ${loses.name} falls from ${percentText(loses.before)} to ${percentText(loses.after)}.`;
}

/** How many decisions rest on it. */
export function ownFlipsText({ flips, images }: Pick<OwnConceptFacts, 'flips' | 'images'>): string {
  const of = `${flips === 0 ? 'none' : flips} of ${countOf(images, 'image')}`;
  return `Without it ${of} ${flips <= 1 ? 'is' : 'are'} decided otherwise.`;
}

/** Everything that is said of an own concept, a sentence each. */
export function ownSentences(facts: OwnConceptFacts): string[] {
  return [
    `${examplesText(facts)}.`,
    accuracyText(facts),
    againstRandomText(facts),
    overlapText(facts),
    tcavText(facts),
    ownFlipsText(facts),
  ];
}
