import { countOf, countText, listText } from './count-text.ts';
import { decimalText, percentText, signedText } from './number-text.ts';

/** What concepts of two runs are matched by, as a sentence without its end. */
export const MATCHED_BY = {
  places:
    'by where they are active: the correlation of their amounts at the same places of the same images, less what is the same in every image',
  images: 'by the images in which they are active: the correlation of their mean amounts',
  directions: 'by their directions in the layer, which both runs share: the cosine',
} as const;

/** What concepts of two runs can be matched by. */
export type MatchedBy = keyof typeof MATCHED_BY;

/** What two runs of one model, layer and class over the same images differ by. */
export const SAME_QUESTION =
  'Both runs ask the same of the same model with the same images: what differs comes from how the concepts were found (seed, number or kind), not from the model.';

/** Why nothing is said of concepts. */
export const CANNOT_MATCH =
  'Nothing tells which concepts are the same: the runs explain too few images in common, and they are not at the same layer of one model.';

/** Why nothing is said of decisions. */
export const NO_DECISIONS = {
  'not-kept': 'One of the runs is of a version that did not keep what the model said of every image.',
  'number-and-class': 'One model tells a number, the other a class.',
  'no-border': 'The models tell a number, and nothing splits it in two in both runs; see --threshold.',
  'other-borders': 'The models tell a number, and the runs split it in two at different values.',
  'no-common-classes': 'The models have no two classes in common by name.',
  'no-common-images': 'The runs were not given the same images.',
} as const;

/** How images of two runs were found to be the same. */
export const PAIRED_BY = {
  content: 'told by their content',
  path: 'told by their paths, as their content was not recorded',
} as const;

/** Over which images figures are. */
export function figuresText(isPaired: boolean): string {
  return isPaired
    ? 'Figures of matches are over these images, those of what one run has alone over all of its own.'
    : 'Figures are over the images of each run.';
}

/** What the intervals of differences in importance cover and what not. */
export function differenceLimits(coversMovement: boolean): string {
  return coversMovement
    ? 'Intervals of importance cover other images of the same kind, other random designs, how far the concepts would move with other images, and how far apart fits from other seeds lie.'
    : 'Intervals cover other images of the same kind and other random designs. They do not cover that another seed or sample makes other concepts, by which two runs of one model differ too; how far concepts would move is in them where both runs were checked.';
}

/** What it means that a concept is in one run alone. */
export const LONE_MEANING = {
  places: 'The other run has no concept that is active in the same places',
  images: 'The other run has no concept that is active in the same images',
  directions: 'The other run has no concept of the same direction',
} as const;

/** What becomes of a pair, by how alike it is. */
export const STATUS_MEANING =
  'From 0.8 on two concepts are the same. From 0.4 on they are alike: the concept may have changed, or be another that occurs beside it, which pictures tell best. What is less alike, or no more than by chance, is not matched.';

/** What stands below a decision that changed. */
export const BEHIND_MEANING =
  'Below each the concepts behind it, where a run explains the image: those without which a model says something else, then those whose weight differs most; a weight is the total index in the image by how much of the concept is there.';

/** That pictures are shown blank. */
export function inputsText(lost: number): string {
  return `${countOf(lost, 'image is', 'images are')} changed or missing since the runs, and shown blank.`;
}

/** How alike two concepts are; below 0.8 rounded down, so that what is not surely the same does not read "0.80". */
export function similarityText(similarity: number): string {
  return decimalText(similarity < 0.8 ? Math.floor(100 * similarity + 1e-9) / 100 : similarity);
}

/** What the word for a match means. */
export const STATUS_WORDS = { same: 'same', changed: 'changed?' } as const;

/** How surely two matched concepts are the same one. */
export type MatchStatus = keyof typeof STATUS_WORDS;

/** A figure in both runs and what it is in B over A, with its 95 % interval. */
export interface FigureChange {
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  readonly interval?: readonly [low: number, high: number];
}

/** A share in both runs: "57.4 % → 72.1 %". */
export function bothSharesText({ a, b }: FigureChange): string {
  return `${percentText(a)} → ${percentText(b)}`;
}

/** By how much a share differs, in hundredths: "+14.7 (+13.2 to +16.1)"; of one image without an interval. */
export function figureChangeText({ difference, interval }: FigureChange): string {
  const points = (share: number): string => signedText(100 * share, 1);
  return interval === undefined
    ? `${points(difference)} (no interval over one image)`
    : `${points(difference)} (${interval.map(points).join(' to ')})`;
}

/** Does the interval leave no doubt about the direction of a difference? */
export function isClearChange({ interval }: FigureChange): boolean {
  return interval !== undefined && (interval[0] > 0 || interval[1] < 0);
}

/** A concept that only one run has: what it is most like in the other. */
export function nearestText(
  nearest: { readonly name: string; readonly similarity: number } | undefined,
  isSecond: boolean,
): string {
  if (nearest === undefined) return 'active in none of the images that were looked at';
  const { name, similarity } = nearest;
  const like = `${name} there (${similarityText(similarity)})`;
  return isSecond ? `like ${like}, which has a closer match` : `most like ${like}`;
}

/** A concept behind a changed decision, as {@link causeText} needs it. */
interface Cause {
  readonly run: 'a' | 'b';
  readonly name: string;
  readonly weight: number;
  readonly other?: number;
  readonly without?: string;
}

/** What a concept has to do with a changed decision: "A: Concept 1, without it: barn", "B: Concept 2, weight 0.41 against 0.10". */
export function causeText({ run, name, weight, other, without }: Cause): string {
  const side = `${run.toUpperCase()}: ${name}`;
  if (without !== undefined) return `${side}, without it: ${without}`;
  const against = other === undefined ? '' : ` against ${decimalText(other)}`;
  return `${side}, weight ${decimalText(weight)}${against}`;
}

/** Names in quotes, "“wall”, “roof” and 3 more". */
export function namesText(names: readonly string[], most = 3): string {
  const quoted = names.slice(0, most).map((name) => `“${name}”`);
  const more = names.length - quoted.length;
  return listText(more > 0 ? [...quoted, `${countText(more)} more`] : quoted);
}

/** What became of a changed decision, by the folder of its image. */
export const TURN_WORDS = {
  'to-right': 'wrong in A, right in B',
  'to-wrong': 'right in A, wrong in B',
  'still-wrong': 'wrong in both',
} as const;

/** What became of a changed decision. */
export type DecisionTurn = keyof typeof TURN_WORDS;

/** "By their folders 14 are wrong in A, right in B; 3 are right in A, wrong in B."; empty where no folder names an answer. */
export function turnsText(changed: readonly { readonly turn?: keyof typeof TURN_WORDS }[]): string {
  const counted = (Object.keys(TURN_WORDS) as (keyof typeof TURN_WORDS)[]).flatMap((turn) => {
    const count = changed.filter((one) => one.turn === turn).length;
    return count === 0 ? [] : [`${countText(count)} ${count === 1 ? 'is' : 'are'} ${TURN_WORDS[turn]}`];
  });
  return counted.length === 0 ? '' : `By their folders ${counted.join('; ')}.`;
}

/** How many decisions are the same: "The models say the same of 301 of 320 images and differ in 19." */
export function decisionsText(agree: number, images: number): string {
  const changed = images - agree;
  const all = countOf(images, 'image');
  if (changed === 0)
    return `The models say the same of ${images === 1 ? 'the image' : `all ${all}`} that both were given.`;
  return `Of ${all} that both were given, the models say the same of ${countText(agree)} and differ in ${countText(changed)}.`;
}
