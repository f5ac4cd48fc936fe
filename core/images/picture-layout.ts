/** Side of a corner as a share of the frame. */
export const CORNER = 0.25;

/** How a picture of the model's input lies in memory. */
export interface PictureLayout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly layout: 'NCHW' | 'NHWC';
  /** Of a picture of red, green and blue: the values of each channel for black, and what white adds to them. */
  readonly grey?: { readonly black: readonly number[]; readonly white: readonly number[] };
}

/** Steps from one value of a picture to the next along rows, columns and channels. */
export function stridesOf({ channels, height, width, layout }: PictureLayout): {
  readonly row: number;
  readonly column: number;
  readonly channel: number;
} {
  return layout === 'NCHW'
    ? { row: width, column: 1, channel: height * width }
    : { row: width * channels, column: channels, channel: 1 };
}

/** A value kept within low … high. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
