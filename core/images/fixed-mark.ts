import { medianOf } from '../metrics/median.ts';
import { stridesOf, type PictureLayout } from './picture-layout.ts';
import type { RecurringMark } from './recurring-mark.ts';
import { summedArea, sumWithin, type SummedArea } from './summed-area.ts';
import type { Place } from './place.ts';

/** Shares of the frame: sides of the squares that are tried, the largest first. */
const SIDES = [0.3, 0.25, 0.2, 0.15, 0.11, 0.08];
/** Squares of fewer pixels tell nothing. */
const FEWEST_PIXELS = 4;
/** Pixels differ so much less from picture to picture there than they usually do, and than they do in others. */
const SAME = 0.2;
const UNLIKE_OTHERS = 0.3;

/**
 * Finds a square that shows the same in the same place of most pictures of a class, and not in others: a stamp or a sticker
 * anywhere in the frame, even one of a single colour, which `recurringMark` cannot tell from a plain wall.
 *
 * Shapes   pictures of the class, and others: each [channels, height, width] or [height, width, channels].
 * Method   of every pixel the median over the pictures of its distance from their median, which up to half of the pictures
 *          do not move; the square in which that is least, if it is little beside the usual pixel and the others' there.
 * Returns  undefined where there is none.
 */
export function fixedMark(
  pictures: readonly Float32Array[],
  others: readonly Float32Array[],
  layout: PictureLayout,
): RecurringMark | undefined {
  const { height, width } = layout;
  const [own, other] = [pictures, others].map((some) => {
    const deviations = deviationsOf(some, layout);
    return summedArea(height, width, (row, column) => deviations[row * width + column]);
  });
  const meanIn = (area: SummedArea, place: Place, rows: number, columns: number): number =>
    sumWithin(area, place, rows, columns) / (rows * columns);
  const usual = meanIn(other, { top: 0, left: 0 }, height, width);
  for (const share of SIDES) {
    const side = Math.round(share * Math.min(height, width));
    if (side < FEWEST_PIXELS) return undefined;
    let best = { top: 0, left: 0, deviation: Infinity };
    for (let top = 0; top <= height - side; top++) {
      for (let left = 0; left <= width - side; left++) {
        const deviation = meanIn(own, { top, left }, side, side);
        if (deviation < best.deviation) best = { top, left, deviation };
      }
    }
    const place = { top: best.top, left: best.left };
    const bound = Math.min(SAME * usual, UNLIKE_OTHERS * meanIn(other, place, side, side));
    if (best.deviation < bound) return { side, places: pictures.map(() => place) };
  }
  return undefined;
}

/** Of every pixel the median distance from the median, mean over the channels, [height · width]. */
function deviationsOf(pictures: readonly Float32Array[], layout: PictureLayout): Float64Array {
  const { channels, height, width } = layout;
  const { column, channel: stride } = stridesOf(layout);
  return Float64Array.from({ length: height * width }, (_, pixel) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const at = pixel * column + channel * stride;
      const values = pictures.map((picture) => picture[at]);
      const middle = medianOf(values);
      sum += medianOf(values.map((value) => Math.abs(value - middle)));
    }
    return sum / channels;
  });
}
