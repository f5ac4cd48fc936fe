import { float32, type Tensor } from '../tensor.ts';
import { pixelLayout, type Targets } from './targets.ts';

/** Pictures evaluated together. */
const BATCH = 32;

/**
 * Values of the targets for masked copies of a picture, batch by batch: each pixel moves from the picture (mask 1)
 * towards the fill (mask 0).
 *
 * Shapes  x [1, …]; `maskAt(i)` gives the i-th mask [height · width], 0 … 1; returns [count, K].
 */
export async function maskedValues(
  targets: Targets,
  x: Tensor<'float32'>,
  count: number,
  maskAt: (index: number) => Float32Array,
  fill: number,
): Promise<Float64Array> {
  const { channels, pixels, pixelStride, channelStride } = pixelLayout(targets);
  const size = channels * pixels;
  const values = new Float64Array(count * targets.count);
  for (let start = 0; start < count; start += BATCH) {
    const items = Math.min(BATCH, count - start);
    const data = new Float32Array(items * size);
    for (let item = 0; item < items; item++) {
      const mask = maskAt(start + item);
      for (let pixel = 0; pixel < pixels; pixel++) {
        for (let channel = 0; channel < channels; channel++) {
          const at = pixel * pixelStride + channel * channelStride;
          data[item * size + at] = fill + mask[pixel] * (x.data[at] - fill);
        }
      }
    }
    const batch = float32(data, [items, ...targets.dims.slice(1)]);
    values.set(await targets.values(batch), start * targets.count);
  }
  return values;
}
