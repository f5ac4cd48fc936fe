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

/** Values kept between the smallest and the largest that a channel has in either picture. */
export function withinRange(
  values: Float32Array,
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
): Float32Array {
  const { channels, height, width } = layout;
  const { column, channel: stride } = stridesOf(layout);
  for (let channel = 0; channel < channels; channel++) {
    let [low, high] = [Infinity, -Infinity];
    for (let pixel = 0; pixel < height * width; pixel++) {
      const at = pixel * column + channel * stride;
      const [least, most] =
        recipient[at] < donor[at] ? [recipient[at], donor[at]] : [donor[at], recipient[at]];
      if (least < low) low = least;
      if (most > high) high = most;
    }
    for (let pixel = 0; pixel < height * width; pixel++) {
      const at = pixel * column + channel * stride;
      values[at] = clamp(values[at], low, high);
    }
  }
  return values;
}
