import { capitalised } from './capitalised.ts';
import { countOf, countText, listText } from './count-text.ts';
import { intervalText, percentText, shortPercentText } from './number-text.ts';

/** A figure of a shortcut as wording needs it, see core/concepts/explanation.ts. */
interface EvidenceFacts {
  readonly figure: 'recurs' | 'moved' | 'left' | 'inside' | 'removed' | 'elsewhere' | 'folder';
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly images: number;
  readonly area?: number;
  readonly folder?: string;
}

/** A shortcut as wording needs it. */
interface ShortcutFacts {
  readonly cue: string;
  readonly isPainted: boolean;
  readonly carried: number;
  readonly flips: number;
}

/** What a cue is called, "the top left corner"; and where it is a look, of what. */
const CUE_NAMES: Readonly<Record<string, string>> = {
  'top-left': 'the top left corner',
  'top-right': 'the top right corner',
  'bottom-left': 'the bottom left corner',
  'bottom-right': 'the bottom right corner',
  top: 'the strip along the top edge',
  bottom: 'the strip along the bottom edge',
  left: 'the strip along the left edge',
  right: 'the strip along the right edge',
  border: 'the border',
  around: 'the background',
  colours: 'the colours of the whole image',
  saturation: 'how colourful the whole image is',
  sharpness: 'the sharpness of the whole image',
  grain: 'the grain of the whole image',
  mark: 'a small mark',
};

/** What a cue is called in a sentence. */
function cueName(cue: string): string {
  return Object.hasOwn(CUE_NAMES, cue) ? CUE_NAMES[cue] : 'something beside the object';
}

/** What the model leans on, without its beginning: "leans on the top left corner". */
export function leansText({ cue }: ShortcutFacts): string {
  return `leans on ${cueName(cue)}`;
}

/** What stands beside a concept that carries a shortcut. */
export const SHORTCUT_SIGN = 'Shortcut';

/** What a flag means, in one sentence. */
export const SHORTCUT_MEANING =
  'A shortcut is something beside the object that the decision follows: where it is missing, or stands in another image, expect mistakes.';

/** A figure of a shortcut in one sentence. */
export function evidenceSentence(
  evidence: EvidenceFacts,
  { cue, isPainted }: ShortcutFacts,
  className: string,
): string {
  const name = cueName(cue);
  const it = capitalised(name);
  const share = `${percentText(evidence.value)} (${intervalText(evidence)})`;
  const called = `\u201c${className}\u201d`;
  switch (evidence.figure) {
    case 'recurs':
      return `In ${share} of the images of ${called} ${name} looks the same, while what lies around it differs.`;
    case 'moved':
      return `${it} of images of ${called}, given to ${countOf(evidence.images, 'other image')}, ${cue === 'colours' ? 'turn' : 'turns'} ${share} of them into ${called}.`;
    case 'left':
      return isPainted
        ? `With ${name} painted over, ${share} of the images of ${called} are called something else.`
        : cue === 'mark'
          ? `With the same square of other images in place of the mark, ${share} of the images of ${called} are called something else.`
          : `With ${name} of other images in its place, ${share} of the images of ${called} are called something else.`;
    case 'inside':
      return `${share} of the concept lies in ${name}, which is ${shortPercentText(evidence.area ?? NaN)} of the image.`;
    case 'removed':
      return `Without the concept, ${share} of the explained images are called something else.`;
    case 'elsewhere':
      return `Other images have ${share} as much of the concept as those of ${called}.`;
    case 'folder':
      return `Of the images with much of the concept, ${share} lie in the folder \u201c${evidence.folder ?? ''}\u201d.`;
  }
}

/** How much of the movement goes through the concept; where that is little, others carry it too. */
export function carriedText({ carried, cue }: ShortcutFacts, concept: string): string {
  return `${concept} carries ${percentText(carried)} of what ${cueName(cue)} does to the score.`;
}

/** What taking concepts out of the model does about it. */
export function remedyText(
  { back, turned }: { readonly back: number; readonly turned: number },
  concepts: readonly string[],
): string {
  return `With ${listText(concepts)} taken out of the model, ${countText(back)} of ${countText(turned)} images that it turned are called again what they were.`;
}

/** What is not known of a flag. */
export function unknownText({ isPainted }: ShortcutFacts): string {
  return isPainted ? 'Whether it appears with the class only is not known: there were no other images.' : '';
}

/**
 * What was looked for and not found, or why nothing was looked for: it takes `fewest` images of the answer, others, and a
 * model that decides by itself.
 */
export function noShortcutText(
  { images, others }: { readonly images: number; readonly others: number },
  { fewest, isUndecided }: { readonly fewest: number; readonly isUndecided: boolean },
): string {
  if (isUndecided)
    return 'Shortcuts were not looked for: they show by answers that change, and without a threshold of its own the model only tells a number.';
  if (images < fewest) return 'Shortcuts were not looked for: too few of the images are answered this way.';
  if (others < fewest)
    return 'No shortcut was found by painting over corners and edges; without images that are answered otherwise no more can be looked for.';
  return `No shortcut was found by exchanging corners, edges, background, colours, sharpness and grain with ${countOf(others, 'other image')}, and by looking for a small mark; others there may be.`;
}
