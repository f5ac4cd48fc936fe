import { withSquare } from '../images/exchange.ts';
import { plainPicture } from '../images/picture-look.ts';
import { recurringMark, type RecurringMark, type Suspect } from '../images/recurring-mark.ts';
import type { CuePictures } from './cue-pictures.ts';
import { fixedMark } from '../images/fixed-mark.ts';
import type { Place } from '../images/place.ts';
import { spreadPlaces } from './spread-places.ts';

/** Pictures of the class in which it is looked for what the decision rests on, and squares of each that are suspected. */
const LOOKED_AT = 4;
const SUSPECTED = 2;
/** Side of the squares as a share of the frame, and how many are covered along each side. */
const SIDE = 0.25;
const STEPS = 5;
/** Within a suspected square smaller ones are covered, of this share of its side and so many along each. */
const PART = 0.5;
const PART_STEPS = 3;

/** Score of the explained class of each picture. */
export type Scores = (pictures: readonly Float32Array[]) => Promise<readonly number[]>;

/**
 * Looks for a mark: one that lies in the same place of the class's pictures and not of others; else, where the decision rests
 * on something small, squares of some pictures of the class are covered in turn
 * with the picture's mean, and where the score falls most something that recurs is looked for. Undefined where nothing is.
 */
export async function findMark(
  { own, others, layout }: CuePictures,
  scores: Scores,
): Promise<RecurringMark | undefined> {
  const fixed = fixedMark(own, others, layout);
  if (fixed) return fixed;
  const side = Math.round(SIDE * Math.min(layout.height, layout.width));
  const squares = squaresIn({ top: 0, left: 0, height: layout.height, width: layout.width }, side, STEPS);
  const suspects: Suspect[] = [];
  for (const picture of spreadPlaces(own.length, LOOKED_AT)) {
    const plain = plainPicture(own[picture], layout);
    const lowest = async (some: readonly Square[], count: number): Promise<Square[]> => {
      const covered = await scores(some.map((square) => withSquare(own[picture], plain, layout, square)));
      const order = [...some.keys()].sort((a, b) => covered[a] - covered[b]);
      return order.slice(0, count).map((at) => some[at]);
    };
    for (const square of await lowest(squares, SUSPECTED)) {
      const frame = { ...square, height: side, width: side };
      const [part] = await lowest(squaresIn(frame, Math.round(PART * side), PART_STEPS), 1);
      suspects.push({ ...square, picture }, { ...part, picture });
    }
  }
  return recurringMark(own, layout, suspects);
}

interface Square extends Place {
  readonly side: number;
}

/** So many squares along each side of a part of the frame, evenly spread over it. */
function squaresIn(
  { top, left, height, width }: Place & { readonly height: number; readonly width: number },
  side: number,
  steps: number,
): Square[] {
  const start = (i: number, size: number): number => Math.round((i * (size - side)) / (steps - 1));
  return Array.from({ length: steps * steps }, (_, i) => ({
    top: top + start(Math.floor(i / steps), height),
    left: left + start(i % steps, width),
    side,
  }));
}
