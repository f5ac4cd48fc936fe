import { withSquare } from '../images/exchange.ts';
import { plainPicture } from '../images/picture-look.ts';
import { recurringMark, type RecurringMark, type Suspect } from '../images/recurring-mark.ts';
import type { CuePictures } from './cue-pictures.ts';
import { spreadPlaces } from './spread-places.ts';

/** Pictures of the class in which it is looked for what the decision rests on, and squares of each that are suspected. */
const LOOKED_AT = 4;
const SUSPECTED = 2;
/** Side of the squares as a share of the frame, and how many are covered along each side. */
const SIDE = 0.25;
const STEPS = 5;

/** Score of the explained class of each picture. */
export type Scores = (pictures: readonly Float32Array[]) => Promise<readonly number[]>;

/**
 * Looks for a mark where the decision rests on something small: squares of some pictures of the class are covered in turn
 * with the picture's mean, and where the score falls most something that recurs is looked for. Undefined where nothing is.
 */
export async function findMark(
  { own, layout }: CuePictures,
  scores: Scores,
): Promise<RecurringMark | undefined> {
  const side = Math.round(SIDE * Math.min(layout.height, layout.width));
  const start = (i: number, size: number): number => Math.round((i * (size - side)) / (STEPS - 1));
  const squares = Array.from({ length: STEPS * STEPS }, (_, i) => ({
    top: start(Math.floor(i / STEPS), layout.height),
    left: start(i % STEPS, layout.width),
    side,
  }));
  const suspects: Suspect[] = [];
  for (const picture of spreadPlaces(own.length, LOOKED_AT)) {
    const plain = plainPicture(own[picture], layout);
    const covered = await scores(squares.map((square) => withSquare(own[picture], plain, layout, square)));
    const lowest = [...squares.keys()].sort((a, b) => covered[a] - covered[b]).slice(0, SUSPECTED);
    suspects.push(...lowest.map((at) => ({ ...squares[at], picture })));
  }
  return recurringMark(own, layout, suspects);
}
