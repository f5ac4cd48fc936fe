import { countOf } from './count-text.ts';
import { percentText } from './number-text.ts';

/** What of a factorisation says how its concepts were made. */
interface MadeBank {
  readonly method: 'nmf' | 'semi-nmf';
  readonly active?: number;
}

/** How concepts were made: "sparse dictionary, at most 5 concepts at a place". */
export function bankText({ method, active }: MadeBank): string {
  const signs = method === 'nmf' ? 'non-negative' : 'semi-non-negative';
  return active === undefined
    ? `${signs} matrix factorisation`
    : `${signs} sparse dictionary, at most ${active} ${active === 1 ? 'concept' : 'concepts'} at a place`;
}

/** So many concepts, and of which kind: "10 concepts", "64 sparse concepts". */
export function conceptsText({ r, bank }: { readonly r: number; readonly bank: 'usual' | 'sparse' }): string {
  return countOf(r, bank === 'sparse' ? 'sparse concept' : 'concept');
}

const SETTLED = { layer: 'layer', concepts: 'number of concepts', bank: 'kind of concepts' } as const;

/** What was not asked for by value but settled by comparing so many choices: "Layer and number of concepts were chosen …". */
export function settledText(settled: readonly (keyof typeof SETTLED)[], choices: number): string {
  const names = settled.map((name) => SETTLED[name]);
  const [last, ...others] = names.toReversed();
  const listed = others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
  return `The ${listed} ${names.length === 1 ? 'was' : 'were'} chosen automatically, by comparing ${countOf(choices, 'choice')} on images that their concepts were not made from.`;
}

/** How the number of concepts of a bank of several classes came about where nobody gave it. */
export const NUMBER_BY_CLASSES =
  'The number of concepts follows from the number of classes that have them in common.';

/** Whose the concepts are where several classes have them in common. */
export function sharedText(classes: readonly { readonly images: number }[]): string {
  const images = classes.reduce((sum, one) => sum + one.images, 0);
  return `Made of ${countOf(images, 'image')} of ${countOf(classes.length, 'class', 'classes')}, which have these concepts in common`;
}

/** How the number of concepts came about where nobody gave it. */
export const NUMBER_BY_EVIDENCE =
  'The number of concepts was chosen automatically, by how much of unseen activations they reproduce and whether two samples give the same ones.';

/** What a bank keeps of images that it was not made on. */
interface Kept {
  readonly r2: number;
  readonly headR2: number;
}

/** What refining a bank gained. */
interface Refined {
  readonly before: Kept;
  readonly after: Kept;
  readonly images: number;
  readonly madeOn: number;
  readonly scores: number;
  readonly weight: number;
  readonly ofAll?: boolean;
  readonly refused?: Kept;
  readonly cosines: readonly number[];
}

/** Whether refining was worth it, and whether its outcome was kept: a sentence. */
export function refinedVerdict(refined: Refined): string {
  const { before, after, images, scores, weight, ofAll, refused } = refined;
  const said = `the variation of the ${scores === 1 ? 'score' : 'leading scores'} in ${countOf(images, 'image')} kept back`;
  const than = (kept: Kept): string =>
    `${percentText(kept.headR2)} of ${said}, against ${percentText(before.headR2)} before`;
  if (refused && ofAll)
    return `The concepts are not refined: of ${said} refined ones keep ${percentText(refused.headR2)}, those made of all images, these included, ${percentText(before.headR2)}.`;
  if (refused)
    return `The concepts were left as they were before refining: refined they keep ${than(refused)}.`;
  if (weight === 0)
    return 'The concepts were left as they were before refining: nothing that was tried kept more of what the model says without losing too much of the activations.';
  return after.headR2 > before.headR2
    ? `The refined concepts are taken: they keep ${than(after)}.`
    : `Refining gained nothing, and its concepts are taken all the same: they keep ${than(after)}. Explain without it.`;
}

/** What refining gained in figures: "made on 90 images; of 30 others it keeps 44.0 % of what the model says (before 25.2 %), …". */
export function refinedText(refined: Refined): string {
  const { before, after, images, madeOn, scores, weight, ofAll, cosines } = refined;
  if (ofAll)
    return `made on all ${madeOn} images; R² of the activations in ${images} of them ${percentText(after.r2)}`;
  const kept = (name: keyof Kept) => `${percentText(after[name])} (before ${percentText(before[name])})`;
  const ends = [Math.min(...cosines), Math.max(...cosines)].map((cosine) => cosine.toFixed(2));
  const figures = `of ${images} others it keeps ${kept('headR2')} of the variation of the ${scores === 1 ? 'score' : `${scores} leading scores`}, and ${kept('r2')} of that of the activations`;
  const change =
    weight === 0
      ? 'nothing that was tried was better than the start'
      : `cosine of concepts to their start ${ends.join(' to ')}`;
  return `made on ${madeOn} images; ${figures}; ${change}`;
}
