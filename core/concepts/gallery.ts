import type { Matrix } from '../linalg/matrix.ts';
import { TopFew } from '../top-few.ts';
import type { Box, Concept, CropRef, LayerRecord } from './explanation.ts';

/** What a row of the activation matrix shows: a place in one of the explained images. */
export interface RowPlace {
  readonly image: number;
  readonly box: Box;
}

/**
 * The places where each concept is strongest, at most one an image so that a gallery shows variety.
 *
 * Shapes   coefficients [n, r], places n; returns r lists, each sorted by falling coefficient.
 *          Rows with a coefficient of 0 are left out: the concept is not there.
 */
export function strongestPlaces(
  coefficients: Matrix,
  places: readonly RowPlace[],
  perConcept: number,
): CropRef[][] {
  const { cols, data } = coefficients;
  let images = 0;
  for (const { image } of places) images = Math.max(images, image + 1);
  const strongest = new Float32Array(images);
  const rowOf = new Int32Array(images);
  return Array.from({ length: cols }, (_, concept) => {
    strongest.fill(0);
    places.forEach(({ image }, row) => {
      const coefficient = data[row * cols + concept];
      if (!(coefficient > strongest[image])) return;
      strongest[image] = coefficient;
      rowOf[image] = row;
    });
    const first = new TopFew(perConcept);
    strongest.forEach((coefficient, image) => {
      if (coefficient > 0) first.offer(image, coefficient);
    });
    return first
      .sorted()
      .map((image) => ({ image, box: places[rowOf[image]].box, coefficient: strongest[image] }));
  });
}

/**
 * The square of `patch` pixels around each grid position's centre, moved inside the picture: what a person
 * should look at when a concept is strong there. Positions that form no grid show the whole picture.
 */
export function positionBoxes(
  { grid: [rows, cols], kind }: Pick<LayerRecord, 'grid' | 'kind'>,
  size: { readonly width: number; readonly height: number },
  patch: number,
): Box[] {
  const whole: Box = [0, 0, size.width, size.height];
  const isGrid = kind !== 'vector' && rows > 1 && cols > 1;
  const corner = (index: number, count: number, extent: number): number =>
    Math.round(Math.min(Math.max(((index + 0.5) * extent) / count - patch / 2, 0), extent - patch));
  return Array.from({ length: rows * cols }, (_, position): Box => {
    if (!isGrid) return whole;
    const left = corner(position % cols, cols, size.width);
    const top = corner(Math.floor(position / cols), rows, size.height);
    return [left, top, patch, patch];
  });
}

/** Example images of a concept, if not said otherwise. */
const EXAMPLES = 3;

/** The images in which a concept is shown whole: those of its strongest crops. */
export function exampleImages({ crops }: Pick<Concept, 'crops'>, count = EXAMPLES): number[] {
  return [...new Set(crops.map(({ image }) => image))].slice(0, count);
}
