import { medianOf } from '../metrics/median.ts';
import type { PictureLayout } from './picture-layout.ts';
import type { Place } from './place.ts';
import {
  aroundOf,
  averaged,
  bestMatch,
  correlationOfBoth,
  templateOf,
  type Match,
  type Pixels,
  type Template,
} from './template-match.ts';

/*
 * A mark: a small square that looks the same in most pictures of a class, while all around it differs, wherever it lies: a
 * logo, a stamp, a sticker. What belongs to an object is turned, scaled and lit otherwise from picture to picture, and
 * where it is not (copies, one product before one wall) what lies around it is the same as well.
 */

/** A square of one of the pictures. */
export interface Suspect extends Place {
  readonly picture: number;
  /** Side of the square in pixels. */
  readonly side: number;
}

/** Where the same mark lies in each picture. */
export interface RecurringMark {
  /** Side of its square in pixels. */
  readonly side: number;
  /** Undefined where it was not found. */
  readonly places: readonly (Place | undefined)[];
}

/** Shares of the frame: sides of the squares that are tried, the largest first; they are shifted by this share of their side. */
const SIDES = [0.3, 0.25, 0.2, 0.15, 0.11];
const SHIFTS = [-0.25, 0, 0.25];
/** Pictures are averaged down to so many pixels of their shorter side for the search, or until a square has so many; squares of few tell nothing. */
const COARSE = 48;
const FINE = 8;
const FEWEST_PIXELS = 7;
/** Least correlation of two squares that show the same, and share of the pictures in which it must be found. */
const SAME = 0.85;
const MOST = 0.6;
/** Correlation of what lies around the squares from which on that is the same too. */
const ALIKE_AROUND = 0.35;
/** Pictures on which a square is tried first; one that none of the first few shows is left. */
const TRIED = 8;
const FIRST = 3;
const HOPELESS = 0.7;

/**
 * Finds a mark near the places of suspicion.
 *
 * Shapes   pictures: each [channels, height, width] or [height, width, channels], as `layout` says.
 * Returns  undefined where nothing recurs, or all around it recurs as well.
 * Limits   squares of a ninth to three tenths of the frame; a mark that is turned or scaled from picture to picture is not
 *          found, nor one that lies in fewer than three in five pictures.
 */
export function recurringMark(
  pictures: readonly Float32Array[],
  layout: PictureLayout,
  suspects: readonly Suspect[],
): RecurringMark | undefined {
  const shorter = Math.min(layout.height, layout.width);
  const averagedBy = kept((factor: number) => pictures.map((picture) => averaged(picture, layout, factor)));
  for (const share of SIDES) {
    const factor = Math.max(1, Math.min(Math.ceil(shorter / COARSE), Math.floor((share * shorter) / FINE)));
    const coarse = averagedBy(factor);
    const side = Math.round(share * Math.min(coarse[0].height, coarse[0].width));
    if (side < FEWEST_PIXELS) return undefined;
    const best = mostAlike(coarse, side, suspects, factor);
    if (best === undefined) continue;
    const found = coarse.map((picture) => bestMatch(picture, best.template));
    const isFound = found.map(({ likeness }) => likeness >= SAME);
    if (isFound.filter((is) => is).length < MOST * pictures.length) continue;
    if (isSameAround(coarse, best, found)) return undefined;
    const places = found.map(({ top, left }, i) =>
      isFound[i] ? { top: factor * top, left: factor * left } : undefined,
    );
    return { side: factor * side, places };
  }
  return undefined;
}

/** Makes the value of each number once. */
function kept<T>(make: (of: number) => T): (of: number) => T {
  const known = new Map<number, T>();
  return (of) => {
    const value = known.get(of) ?? make(of);
    known.set(of, value);
    return value;
  };
}

/** What one picture shows at a place. */
interface Sample extends Place {
  readonly picture: number;
  readonly template: Template;
}

/** Of the squares about the suspected places the one that most of some pictures show too. */
function mostAlike(
  pictures: readonly Pixels[],
  side: number,
  suspects: readonly Suspect[],
  factor: number,
): Sample | undefined {
  const step = Math.max(1, Math.floor(pictures.length / TRIED));
  let best: (Sample & { readonly likeness: number }) | undefined;
  for (const suspect of suspects) {
    const { height, width } = pictures[suspect.picture];
    const start = (at: number, shift: number, size: number): number =>
      Math.round(
        Math.min(size - side, Math.max(0, (at + suspect.side / 2) / factor - side / 2 + shift * side)),
      );
    for (const down of SHIFTS) {
      for (const right of SHIFTS) {
        const place = { top: start(suspect.top, down, height), left: start(suspect.left, right, width) };
        const template = templateOf(pictures[suspect.picture], place, side);
        if (template === undefined) continue;
        const sample = { ...place, picture: suspect.picture, template };
        const likeness = usualLikeness(pictures, sample, step);
        if (likeness >= Math.max(SAME, best?.likeness ?? 0)) best = { ...sample, likeness };
      }
    }
  }
  return best;
}

/** How alike what a square shows usually is to the likest square of every step-th other picture. */
function usualLikeness(pictures: readonly Pixels[], { picture, template }: Sample, step: number): number {
  const likeness: number[] = [];
  for (let i = picture % step; i < pictures.length; i += step) {
    if (i === picture) continue;
    likeness.push(bestMatch(pictures[i], template).likeness);
    if (likeness.length === FIRST && likeness.every((value) => value < HOPELESS)) return 0;
  }
  return likeness.length === 0 ? 0 : medianOf(likeness);
}

/** Does what lies around a mark, as wide again as half its side, mostly look the same as well? */
function isSameAround(pictures: readonly Pixels[], own: Sample, found: readonly Match[]): boolean {
  const around = aroundOf(pictures[own.picture], own, own.template.side);
  const likeness = found.flatMap((match, i) =>
    i === own.picture || match.likeness < SAME
      ? []
      : [correlationOfBoth(around, aroundOf(pictures[i], match, own.template.side))],
  );
  return likeness.length > 0 && medianOf(likeness) >= ALIKE_AROUND;
}
