import { countOf } from './count-text.ts';
import { percentText } from './number-text.ts';
import { someText, type ToldExamples } from './table-words.ts';

/** How much of a concept lies in objects. */
export interface ToldShare {
  readonly images: number;
  readonly inside: number;
  readonly area: number;
  readonly low: number;
  readonly high: number;
}

/** What the shares mean, for those who see them for the first time. */
export const OBJECT_SHARES_MEANING =
  'Of each concept, how much of its map lies inside of what is marked, beside the room that this takes of the image. A concept that has more inside than that looks at the objects; one that has less looks beside them. What is marked is not all that an object may be told by: a concept beside it can be a fair one.';

/** Which way a concept goes: its interval leaves 0 on one side, or holds it. */
function leaningOf({ low, high }: Pick<ToldShare, 'low' | 'high'>): 'inside' | 'beside' | 'neither' {
  if (low > 0) return 'inside';
  return high < 0 ? 'beside' : 'neither';
}

/** What a leaning means, of objects that are called so: "looks at “bird”". */
export function leaningText(share: Pick<ToldShare, 'low' | 'high'>, kind?: string): string {
  const objects = kind === undefined ? 'what is marked' : `“${kind}”`;
  return {
    inside: `looks at ${objects}`,
    beside: `looks beside ${objects}`,
    neither: `no more in ${objects} than chance makes it`,
  }[leaningOf(share)];
}

/** "62.0 % inside, where 12.1 % of the image is marked; difference 49.9 % (41.0 to 58.7 %), 34 images". */
export function objectShareText({ inside, area, low, high, images }: ToldShare): string {
  return `${percentText(inside)} inside, where ${percentText(area)} of the image is marked; difference ${percentText(inside - area)} (${percentText(low)} to ${percentText(high)}), ${countOf(images, 'image')}`;
}

/** Which images marks are of. */
export function markedSentence({
  pictures,
  marked,
  objects,
}: {
  readonly pictures: number;
  readonly marked: number;
  readonly objects: number;
}): string {
  return `${countOf(marked, 'image')} of ${pictures} ${marked === 1 ? 'has' : 'have'} marks, ${countOf(objects, 'object')} in all.`;
}

/** What of the marks could not be used; nothing where all was. */
export function marksSentences({
  strangers,
  ambiguous,
  unread,
}: {
  readonly strangers: ToldExamples;
  readonly ambiguous: ToldExamples;
  readonly unread: readonly string[];
}): string[] {
  return [
    ...(unread.length > 0
      ? [
          `${countOf(unread.length, 'file')} could not be read and ${unread.length === 1 ? 'is' : 'are'} left out: ${unread.slice(0, 3).join(' ')}${unread.length > 3 ? ' …' : ''}`,
        ]
      : []),
    ...(strangers.count > 0
      ? [
          `${countOf(strangers.count, 'marked picture is', 'marked pictures are')} none of the images: ${someText(strangers)}.`,
        ]
      : []),
    ...(ambiguous.count > 0
      ? [
          `${countOf(ambiguous.count, 'marked picture is', 'marked pictures are')} not joined, for several images are called so: ${someText(ambiguous)}. Name them with their folders.`,
        ]
      : []),
  ];
}
