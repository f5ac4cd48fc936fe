import { decimalText, intervalText } from './number-text.ts';

/** What the pictures are that move a concept most. */
export const RESTS_ON = 'Pictures this concept rests on most';

/** What an image's share says. */
export const RESTS_ON_MEANING =
  'The share that each picture has in how far the concept would move if that picture counted a little more. Where a few have most of it, look whether they are typical.';

/** How a concept would come out of another sample, and the wider interval of its importance. */
export function sampledText(
  cosine: number,
  importance: { readonly low: number; readonly high: number },
): string {
  return `Made from other pictures of the same kind, it would have a cosine of about ${decimalText(cosine)} with this one; with that counted in, its importance is within ${intervalText(importance)}.`;
}

/** Where the spread comes from, if not from the derivative of the factorisation. */
export const FROM_REFITS =
  'Estimated by making the concepts again from samples of the pictures: a derivative does not hold here, because too many places are about to change their concepts.';
