import { averaged, bestMatch, templateOf, type Pixels, type Template } from '../../images/template-match.ts';
import type { PictureView } from './picture-view.ts';

/** Something small that a participant was shown, and looks for in other pictures. */
export interface Detail {
  readonly key: string;
  readonly template: Template;
}

/** Side of what squares have in common, as a share of theirs. */
const SHARE_IN_COMMON = 0.6;

/** A square of a picture; equal keys are equal squares. */
export interface Square {
  readonly key: string;
  readonly pixels: Pixels;
}

/**
 * What some squares of one size show again and again: in each the smaller square that is found most alike in the others, as
 * one sees what crops have in common and passes over what is around it. One detail a square, undefined for a plain one; a
 * single square is taken by its middle.
 */
export type CommonDetails = (squares: readonly Square[]) => (Detail | undefined)[];

/** Opens {@link CommonDetails}; each pair of squares is compared once, in whatever company they come. */
export function commonDetails(): CommonDetails {
  const parts = new Map<string, readonly (Template | undefined)[]>();
  const pairs = new Map<string, readonly number[]>();
  const partsOf = ({ key, pixels }: Square): readonly (Template | undefined)[] => {
    const found = parts.get(key) ?? smallerSquares(pixels);
    parts.set(key, found);
    return found;
  };
  const likenessIn = (square: Square, other: Square): readonly number[] => {
    const pair = `${square.key} | ${other.key}`;
    const found =
      pairs.get(pair) ??
      partsOf(square).map((part) => (part ? bestMatch(other.pixels, part).likeness : -Infinity));
    pairs.set(pair, found);
    return found;
  };
  return (squares) =>
    squares.map((square) => {
      const own = partsOf(square);
      const others = squares
        .filter(({ key }) => key !== square.key)
        .map((other) => likenessIn(square, other));
      const sums = own.map((part, at) =>
        part ? others.reduce((sum, likeness) => sum + likeness[at], 0) : -Infinity,
      );
      const best = others.length === 0 ? Math.floor(own.length / 2) : sums.indexOf(Math.max(...sums));
      const template = own[best];
      return template && { key: `${square.key} ${best}`, template };
    });
}

/** Every smaller square, row by row; undefined where it is plain. */
function smallerSquares(pixels: Pixels): (Template | undefined)[] {
  const side = Math.round(SHARE_IN_COMMON * pixels.width);
  const found: (Template | undefined)[] = [];
  for (let top = 0; top + side <= pixels.height; top++)
    for (let left = 0; left + side <= pixels.width; left++)
      found.push(templateOf(pixels, { top, left }, side));
  return found;
}

/** The square of a picture around the brightest place of a map of `side` cells a row, moved inside the picture. */
export function squareAtMost(
  { details }: PictureView,
  map: Float32Array,
  square: number,
): { readonly pixels: Pixels; readonly value: number } {
  const side = details.width;
  const most = map.reduce((best, value, cell) => (value > map[best] ? cell : best), 0);
  const corner = (cell: number): number =>
    Math.min(side - square, Math.max(0, cell - Math.floor(square / 2)));
  const [top, left] = [corner(Math.floor(most / side)), corner(most % side)];
  return { pixels: cut(details, top, left, square), value: map[most] };
}

function cut({ data, width, channels }: Pixels, top: number, left: number, side: number): Pixels {
  const out = new Float32Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * width + left) * channels;
    out.set(data.subarray(from, from + side * channels), row * side * channels);
  }
  return averaged(out, { height: side, width: side, channels, layout: 'NHWC' }, 1);
}

/** How like a detail the likest place of a picture is, -1 … 1; each pair is looked at once. */
export type FindDetail = (detail: Detail, picture: string) => number;

/** Opens a finder over pictures by their hash. */
export function detailFinder(viewOf: (sha256: string) => PictureView): FindDetail {
  const known = new Map<string, number>();
  return ({ key, template }, picture) => {
    const pair = `${key} ${picture}`;
    const found = known.get(pair) ?? bestMatch(viewOf(picture).details, template).likeness;
    known.set(pair, found);
    return found;
  };
}
