import { exchanged, paintedOver, withSquare } from '../images/exchange.ts';
import type { RecurringMark } from '../images/recurring-mark.ts';
import type { PlaceOrLook } from '../metrics/cues.ts';
import type { ExchangeCounts } from '../metrics/shortcuts.ts';
import type { CuePictures } from './cue-pictures.ts';

/** Is a picture, one of many, called the class? */
export type Called = (pictures: readonly Float32Array[]) => Promise<boolean[]>;

/** What is asked of pair i: an other picture with what it is given, or one of the class with what is taken from it. */
type Made = (i: number) => Float32Array;

/** Pictures of the class and others by turns, and what is made of the i-th two. */
export interface CuePairs {
  readonly pairs: number;
  /** The other picture before it is given anything. */
  readonly without: Made;
  /** The other picture with the cue of the one of the class. */
  readonly joined: Made;
  /** The other picture with the same of the next other picture; so many of these differ, and then they come again. */
  readonly unmoved: Made;
  readonly unmovedDiffering: number;
  /** The picture of the class with the same of the other. */
  readonly taken: Made;
}

/** Pairs between which a place or a look is exchanged. */
export function pairsOf({ own, others, layout }: CuePictures, name: PlaceOrLook): CuePairs {
  const [ownAt, otherAt] = [byTurns(own), byTurns(others)];
  return {
    pairs: Math.max(own.length, others.length),
    without: otherAt,
    joined: (i) => exchanged(name, otherAt(i), ownAt(i), layout),
    unmoved: (i) => exchanged(name, otherAt(i), otherAt(i + 1), layout),
    unmovedDiffering: others.length,
    taken: (i) => exchanged(name, ownAt(i), otherAt(i), layout),
  };
}

/** Pairs of the pictures that bear a mark, and others, between which its square is exchanged. */
export function pairsOfMark({ own, others, layout }: CuePictures, { side, places }: RecurringMark): CuePairs {
  const bearers = own.flatMap((picture, i) => {
    const place = places[i];
    return place === undefined ? [] : [{ picture, square: { ...place, side } }];
  });
  const [bearerAt, otherAt] = [byTurns(bearers), byTurns(others)];
  const pairs = Math.max(bearers.length, others.length);
  const given = (i: number, recipient: Float32Array, donor: Float32Array): Float32Array =>
    withSquare(recipient, donor, layout, bearerAt(i).square);
  return {
    pairs,
    without: otherAt,
    joined: (i) => given(i, otherAt(i), bearerAt(i).picture),
    unmoved: (i) => given(i, otherAt(i), otherAt(i + 1)),
    // Each has the square of another bearer.
    unmovedDiffering: pairs,
    taken: (i) => given(i, bearerAt(i).picture, otherAt(i)),
  };
}

function byTurns<Item>(items: readonly Item[]): (i: number) => Item {
  return (i) => items[i % items.length];
}

/** Fewest that join the class in the first half of the pairs for an exchange to be looked at further. */
const WORTH_A_LOOK = 2;

/** Do any join the class in the first half of the pairs? */
export async function isWorthALook(pairs: CuePairs, called: Called): Promise<boolean> {
  return (await joinedEarly(pairs, called)) >= WORTH_A_LOOK;
}

/** What an exchange does; undefined where so little in the first half of the pairs that it was not looked at further. */
export async function exchangedCounts(both: CuePairs, called: Called): Promise<ExchangeCounts | undefined> {
  const { pairs, joined, unmoved, unmovedDiffering, taken } = both;
  const first = await joinedEarly(both, called);
  if (first < WORTH_A_LOOK) return undefined;
  return {
    pairs,
    moved: first + (await countCalled(called, halfOf(both), pairs, joined)),
    moving: await countRepeating(called, pairs, unmoved, unmovedDiffering),
    left: pairs - (await countCalled(called, 0, pairs, taken)),
  };
}

function halfOf({ pairs }: CuePairs): number {
  return Math.ceil(pairs / 2);
}

function joinedEarly(both: CuePairs, called: Called): Promise<number> {
  return countCalled(called, 0, halfOf(both), both.joined);
}

async function countCalled(called: Called, start: number, end: number, made: Made): Promise<number> {
  const pictures = Array.from({ length: end - start }, (_, i) => made(start + i));
  return (await called(pictures)).filter((is) => is).length;
}

/** As {@link countCalled} of all pairs, where pictures come again after so many: the model is asked once of each. */
async function countRepeating(called: Called, pairs: number, made: Made, differing: number): Promise<number> {
  const answers = await called(Array.from({ length: Math.min(pairs, differing) }, (_, i) => made(i)));
  return Array.from({ length: pairs }, (_, i) => answers[i % answers.length]).filter((is) => is).length;
}

/** What painting a place over does to the pictures of the class; nothing is moved by it. */
export async function paintedCounts(
  { own, layout }: CuePictures,
  name: PlaceOrLook,
  called: Called,
): Promise<ExchangeCounts> {
  const still = await called(own.map((picture) => paintedOver(name, picture, layout)));
  return { pairs: own.length, moved: 0, moving: 0, left: still.filter((is) => !is).length };
}
