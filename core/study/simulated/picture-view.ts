import { averaged, type Pixels } from '../../images/template-match.ts';
import type { RgbImage } from '../../platform.ts';

/** Sides, in cells, at which a simulated participant looks: at the whole picture, and for details. */
export const COARSE_SIDE = 16;
export const FINE_SIDE = 64;

/** Sides, in cells of the fine look, at which a crop is looked for: it does not say how large its part of the picture was. */
const CROP_SIDES = [13, 18, 23];

/** A picture as a simulated participant sees it. */
export interface PictureView {
  /** [16 · 16 · 3], 0 … 1. */
  readonly coarse: Float32Array;
  /** [64 · 64 · 3], 0 … 1. */
  readonly fine: Float32Array;
  /** [64, 64, 3]: each colour less what is around it, so that a detail is the same on any sky. */
  readonly details: Pixels;
  /** The same of {@link CROP_SIDES}, to be looked for in other pictures. */
  readonly asCrop: readonly Pixels[];
}

/** The picture at both sides, whatever its own; proportions are given up. */
export function viewOf(image: RgbImage): PictureView {
  const fine = areaMeans(image, FINE_SIDE);
  return {
    coarse: areaMeans(image, COARSE_SIDE),
    fine,
    details: detailsOf(fine, FINE_SIDE),
    asCrop: CROP_SIDES.map((side) => detailsOf(areaMeans(image, side), side)),
  };
}

/** How many cells around are what a colour is compared with. */
const AROUND = 5;

function detailsOf(colours: Float32Array, side: number): Pixels {
  const less = colours.map((value, at) => value - meanAround(colours, side, at));
  return averaged(less, { height: side, width: side, channels: 3, layout: 'NHWC' }, 1);
}

function meanAround(colours: Float32Array, side: number, at: number): number {
  const [cell, channel] = [Math.floor(at / 3), at % 3];
  const [row, column] = [Math.floor(cell / side), cell % side];
  let [sum, count] = [0, 0];
  for (let y = Math.max(0, row - AROUND); y <= Math.min(side - 1, row + AROUND); y++)
    for (let x = Math.max(0, column - AROUND); x <= Math.min(side - 1, column + AROUND); x++, count++)
      sum += colours[3 * (y * side + x) + channel];
  return sum / count;
}

/** Mean colours [side · side · 3] of equal cells, 0 … 1; cells finer than pixels take the pixel that they lie in. */
function areaMeans({ width, height, data }: RgbImage, side: number): Float32Array {
  const out = new Float32Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    const [top, bottom] = rangeOf(row, side, height);
    for (let column = 0; column < side; column++) {
      const [left, right] = rangeOf(column, side, width);
      const to = 3 * (row * side + column);
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++)
          for (let channel = 0; channel < 3; channel++)
            out[to + channel] += data[3 * (y * width + x) + channel];
      const count = 255 * (bottom - top) * (right - left);
      for (let channel = 0; channel < 3; channel++) out[to + channel] /= count;
    }
  }
  return out;
}

function rangeOf(cell: number, cells: number, pixels: number): [start: number, end: number] {
  const start = Math.floor((cell * pixels) / cells);
  return [start, Math.max(start + 1, Math.floor(((cell + 1) * pixels) / cells))];
}
