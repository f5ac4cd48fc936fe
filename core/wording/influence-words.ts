import { decimalText, intervalText } from './number-text.ts';

/** What the pictures are that move a concept most. */
export const RESTS_ON = 'Pictures this concept rests on most';

/** What an image's share says. */
export const RESTS_ON_MEANING =
  'By the share of its movement when one picture counts more. A few with much of it: look whether they are typical.';

/** How a concept would come out of another sample, and the wider interval of its importance. */
export function sampledText(
  cosine: number,
  importance: { readonly low: number; readonly high: number },
): string {
  return `From other pictures of the same kind its direction would have a cosine of about ${decimalText(cosine)} to this one; with that in it, its importance is within ${intervalText(importance)}.`;
}

/** Where the spread comes from, if not from the derivative of the factorisation. */
export const FROM_REFITS =
  'Estimated from refits on drawn samples: too many rows are close to a change of their concepts for a derivative.';
