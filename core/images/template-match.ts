import { pearson } from '../metrics/correlation.ts';
import type { Place } from './place.ts';
import { stridesOf, type PictureLayout } from './picture-layout.ts';
import { summedArea, sumWithin, type SummedArea } from './summed-area.ts';

/** A picture [height, width, channels] to be looked through for squares. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
  readonly totals: Totals;
}

/** Of a picture's values, and of their squares. */
interface Totals {
  readonly sums: SummedArea;
  readonly squares: SummedArea;
}

/** A picture of the means over squares of `factor` pixels; what is left over at the lower and right edge is dropped. */
export function averaged(picture: Float32Array, layout: PictureLayout, factor: number): Pixels {
  const { channels } = layout;
  const [height, width] = [Math.floor(layout.height / factor), Math.floor(layout.width / factor)];
  const strides = stridesOf(layout);
  const data = new Float32Array(height * width * channels);
  for (let row = 0; row < height * factor; row++) {
    for (let column = 0; column < width * factor; column++) {
      const to = (Math.floor(row / factor) * width + Math.floor(column / factor)) * channels;
      const from = row * strides.row + column * strides.column;
      for (let channel = 0; channel < channels; channel++)
        data[to + channel] += picture[from + channel * strides.channel] / factor ** 2;
    }
  }
  return { height, width, channels, data, totals: totalsOf(data, height, width, channels) };
}

function totalsOf(data: Float32Array, height: number, width: number, channels: number): Totals {
  const over = (counted: (value: number) => number): SummedArea =>
    summedArea(height, width, (row, column) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++)
        sum += counted(data[(row * width + column) * channels + channel]);
      return sum;
    });
  return { sums: over((value) => value), squares: over((value) => value * value) };
}

/** Sum of the squared differences of a rectangle's values from their mean; of a plain one next to nothing, never below 0. */
function spreadOf({ channels, totals }: Pixels, place: Place, rows: number, columns: number): number {
  const sum = sumWithin(totals.sums, place, rows, columns);
  return Math.max(
    0,
    sumWithin(totals.squares, place, rows, columns) - sum ** 2 / (rows * columns * channels),
  );
}

/** A square with less of its picture's variance shows nothing. */
const PLAIN = 0.1;

/** What a square of a picture shows: its values less their mean and of length 1. */
export interface Template {
  readonly side: number;
  readonly values: Float32Array;
}

/** Undefined where the square is too plain to be told from others. */
export function templateOf(picture: Pixels, place: Place, side: number): Template | undefined {
  const { height, width } = picture;
  const whole = spreadOf(picture, { top: 0, left: 0 }, height, width) / (height * width);
  if (!(spreadOf(picture, place, side, side) / side ** 2 > PLAIN * whole)) return undefined;
  const values = squareOf(picture, place, side);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.hypot(...values.map((value) => value - mean));
  return { side, values: values.map((value) => (value - mean) / length) };
}

function squareOf({ width, channels, data }: Pixels, { top, left }: Place, side: number): Float32Array {
  const out = new Float32Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * width + left) * channels;
    out.set(data.subarray(from, from + side * channels), row * side * channels);
  }
  return out;
}

/** The square of a picture that is likest to a template. */
export interface Match extends Place {
  /** Correlation with the template over pixels and channels. */
  readonly likeness: number;
}

/** Variance of a square that shows nothing at all, beside rounding. */
const PLAINEST = 1e-6;

/** Looks at every square of a picture. */
export function bestMatch(picture: Pixels, { side, values }: Template): Match {
  let best: Match = { top: 0, left: 0, likeness: -1 };
  for (let top = 0; top <= picture.height - side; top++) {
    for (let left = 0; left <= picture.width - side; left++) {
      const spread = spreadOf(picture, { top, left }, side, side);
      const likeness =
        spread > PLAINEST * values.length ? product(picture, top, left, side, values) / Math.sqrt(spread) : 0;
      if (likeness > best.likeness) best = { top, left, likeness };
    }
  }
  return best;
}

/** Sum of a square's values times a template's. */
function product(
  { width, channels, data }: Pixels,
  top: number,
  left: number,
  side: number,
  values: Float32Array,
): number {
  let sum = 0;
  const length = side * channels;
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * width + left) * channels;
    const at = row * length;
    for (let i = 0; i < length; i++) sum += data[from + i] * values[at + i];
  }
  return sum;
}

/** Values around a square, as far again as half its side; of what lies beyond the picture NaN. */
export function aroundOf(
  { height, width, channels, data }: Pixels,
  { top, left }: Place,
  side: number,
): number[] {
  const out: number[] = [];
  const reach = Math.ceil(side / 2);
  for (let row = top - reach; row < top + side + reach; row++) {
    for (let column = left - reach; column < left + side + reach; column++) {
      if (row >= top && row < top + side && column >= left && column < left + side) continue;
      const isBeyond = row < 0 || row >= height || column < 0 || column >= width;
      for (let channel = 0; channel < channels; channel++)
        out.push(isBeyond ? NaN : data[(row * width + column) * channels + channel]);
    }
  }
  return out;
}

/** Correlation of two lists over the values that both have; 0 where one does not vary. */
export function correlationOfBoth(a: readonly number[], b: readonly number[]): number {
  const both = [...a.keys()].filter((i) => !Number.isNaN(a[i] + b[i]));
  return (
    pearson(
      both.map((i) => a[i]),
      both.map((i) => b[i]),
    ) ?? 0
  );
}
