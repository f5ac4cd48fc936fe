import type { Matrix } from '../linalg/matrix.ts';
import { TopFew } from '../top-few.ts';

/** The first places of a concept in order: image and grid position (counted without positions before the grid) of each. */
export interface PlaceOrder {
  readonly images: Uint32Array;
  readonly cells: Uint32Array;
  /** How many places there are in all. */
  readonly total: number;
}

/** Where places are looked for. */
interface Placed {
  /** [positions, r] of each image. */
  readonly coefficients: readonly Matrix[];
  /** Positions of the grid, and those before it (a class token). */
  readonly cells: number;
  readonly firstPosition: number;
  /** Largest coefficient of each concept [r] in each image, where it is at hand; and how many of them are above 0. */
  readonly strengths?: readonly Float32Array[];
  readonly counts?: Int32Array;
}

/** Which places are put in order. */
export interface PlaceQuestion {
  /** Every grid position where the concept is, or the strongest of each image. */
  readonly places: 'all' | 'strongest';
  /** How many of them are wanted. */
  readonly most: number;
  /** One an image: those of the image with the largest come first. */
  readonly effects?: ArrayLike<number>;
  /** Whether an image is looked at; all where this is not given. */
  readonly isWanted?: (image: number) => boolean;
}

/**
 * The first of a concept's places, the strongest first; with `effects` those of the image with the largest effect first,
 * the strongest of an image before its others; equal ones in the order of the images and of the grid. Memory for `most`
 * places. One look at every coefficient; where strengths and counts are at hand and neither effects nor a choice of images
 * is given, at those of the images alone that may have one of the first places.
 */
export function orderPlaces(placed: Placed, column: number, question: PlaceQuestion): PlaceOrder {
  const { strengths, counts, firstPosition } = placed;
  const isKnown = strengths !== undefined && counts !== undefined && firstPosition === 0;
  return isKnown && question.effects === undefined && question.isWanted === undefined
    ? byStrength(placed, strengths, counts[column], column, question)
    : byScan(placed, column, question);
}

/** Images come by their strength: once there are `most` places, no image that is weaker than the last can have another. */
function byStrength(
  { coefficients, cells }: Placed,
  strengths: readonly Float32Array[],
  count: number,
  column: number,
  { places, most }: PlaceQuestion,
): PlaceOrder {
  const own = Float32Array.from(strengths, (image) => image[column]);
  const images = new TopFew(most);
  let present = 0;
  for (let image = 0; image < own.length; image++) {
    if (!(own[image] > 0)) continue;
    images.offer(image, own[image]);
    present++;
  }
  const first = new TopFew(most);
  for (const image of images.sorted()) {
    const { data, cols } = coefficients[image];
    let isFound = false;
    for (let cell = 0; cell < cells && !isFound; cell++) {
      const value = data[cell * cols + column];
      if (!(value > 0) || (places === 'strongest' && value !== own[image])) continue;
      first.offer(image * cells + cell, value);
      isFound = places === 'strongest';
    }
  }
  return orderOf(first, cells, places === 'all' ? count : present);
}

function byScan(
  { coefficients, cells, firstPosition }: Placed,
  column: number,
  { places, most, effects, isWanted = () => true }: PlaceQuestion,
): PlaceOrder {
  const first = new TopFew(most);
  let total = 0;
  for (let image = 0; image < coefficients.length; image++) {
    if (!isWanted(image)) continue;
    const effect = effects?.[image] ?? 0;
    const { data, cols } = coefficients[image];
    let [strongest, at] = [0, -1];
    for (let cell = 0; cell < cells; cell++) {
      const value = data[(firstPosition + cell) * cols + column];
      if (!(value > 0)) continue;
      if (value > strongest) [strongest, at] = [value, cell];
      if (places !== 'all') continue;
      first.offer(image * cells + cell, effect, value);
      total++;
    }
    if (places === 'all' || at < 0) continue;
    first.offer(image * cells + at, effect, strongest);
    total++;
  }
  return orderOf(first, cells, total);
}

function orderOf(first: TopFew, cells: number, total: number): PlaceOrder {
  const found = first.sorted();
  return {
    images: Uint32Array.from(found, (place) => Math.floor(place / cells)),
    cells: Uint32Array.from(found, (place) => place % cells),
    total,
  };
}
