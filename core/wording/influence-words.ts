import { decimalText } from './number-text.ts';

/** What the pictures are that move a concept most. */
export const RESTS_ON = 'Pictures this concept rests on most';

/** What an image's share says, by where it comes from. */
export function restsOnMeaning(isRefitted: boolean): string {
  const share = isRefitted
    ? 'The share that each picture has in a first estimate of how far the concept would move; the likeness above was found by making the concepts again, because that estimate does not hold for larger changes.'
    : 'The share that each picture has in how far the concept would move if that picture counted a little more.';
  return `${share} Where a few have most of it, look whether they are typical.`;
}

/** From where on a concept counts as found again, and as hardly moving. */
const [FOUND_AGAIN, HARDLY_MOVES] = [0.75, 0.9];

/**
 * How a concept would come out of another sample: `cosine` from the derivative of the factorisation, which holds near the
 * solution that was found, or from `isRefitted` banks. `foundAgain` is its likeness in banks made anew, which may end at
 * another solution; where they do, how little the concept moves near this one is no reassurance and is not told.
 */
export function sampledText(
  { cosine, isRefitted }: { readonly cosine: number; readonly isRefitted: boolean },
  foundAgain: number | null,
): string {
  if (foundAgain !== null && foundAgain < FOUND_AGAIN && cosine > HARDLY_MOVES)
    return `Made anew from other samples of the pictures, it often comes out as another concept (found again ${decimalText(foundAgain)}): the factorisation has other solutions, so that it says nothing that this concept hardly moves near the one that was found.`;
  const how = isRefitted
    ? 'Made again from other samples of the pictures, beginning with this concept'
    : 'If each picture counted a little more or less, as from sample to sample';
  return `${how}, it would have a cosine of about ${decimalText(cosine)} with this one. That is near this solution; whether another start or sample ends at another one says “found again”.`;
}

/** What the interval of an importance has in it where {@link sampledText} is known. */
export const INTERVAL_WITH_SAMPLES =
  'the concepts\u2019 own movement from sample to sample of the pictures counted in';

/** Where the spread comes from, if not from the derivative of the factorisation. */
export const FROM_REFITS =
  'A derivative does not hold here, because too many places are about to change their concepts; so the concepts were made again from samples of the pictures.';

/** Why no pictures are shown that a concept rests on. */
export const NO_PICTURES =
  'Which pictures it rests on is not known: the derivative that would tell it does not hold here.';
