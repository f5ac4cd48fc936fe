import type { Tensor } from '../tensor.ts';
import { pixelLayout, type Targets } from './targets.ts';

/** How levels v of 0…255 became the values of a picture: (v / scale - mean) / deviation, a mean a channel. */
export interface LevelScale {
  readonly scale: number;
  readonly mean: readonly number[];
}

/** Is 0 in a channel a level between black and white, as it is after normalisation by a mean? */
export function isZeroBetween({ scale, mean }: LevelScale, channel: number): boolean {
  const level = (mean[channel] ?? 0) * scale;
  return level > 0 && level < 255;
}

/**
 * A picture of which nothing is left, laid out as `x` [1, …]: what hidden pixels become, and where the way to the picture
 * begins.
 *
 * Of a channel whose 0 is a level between black and white, as after normalisation by a mean, it is 0; else, where 0 is
 * black (levels of 0…1 or 0…255, a normalisation inside the model), it is the picture's own mean in that channel.
 */
export function emptyPicture(
  x: Tensor<'float32'>,
  shape: Pick<Targets, 'dims' | 'channelAxis'>,
  levels: LevelScale,
): Float32Array {
  const { channels, pixels, pixelStride, channelStride } = pixelLayout(shape);
  const empty = new Float32Array(x.data.length);
  for (let channel = 0; channel < channels; channel++) {
    if (isZeroBetween(levels, channel)) continue;
    let sum = 0;
    for (let pixel = 0; pixel < pixels; pixel++) sum += x.data[pixel * pixelStride + channel * channelStride];
    for (let pixel = 0; pixel < pixels; pixel++)
      empty[pixel * pixelStride + channel * channelStride] = sum / pixels;
  }
  return empty;
}
