import { float32, type Tensor } from '../tensor.ts';
import { pixelLayout, type Targets } from './targets.ts';

/** Pictures evaluated together, and the bytes that they may take. */
const BATCH = 32;
const BATCH_BYTES = 2 ** 26;

/**
 * Values of the targets for masked copies of a picture, batch by batch: each pixel moves from the picture (mask 1)
 * towards what stands for nothing (mask 0).
 *
 * Shapes  x and `baseline` [1, …]; `maskAt(i)` gives the i-th mask [height · width], 0 … 1; returns [count, K].
 */
export async function maskedValues(
  targets: Targets,
  x: Tensor<'float32'>,
  count: number,
  maskAt: (index: number) => Float32Array,
  baseline: Float32Array = new Float32Array(x.data.length),
): Promise<Float64Array> {
  const { channels, pixels, pixelStride, channelStride } = pixelLayout(targets);
  const size = channels * pixels;
  const values = new Float64Array(count * targets.count);
  const atOnce = Math.max(1, Math.min(BATCH, Math.floor(BATCH_BYTES / (4 * size))));
  for (let start = 0; start < count; start += atOnce) {
    const items = Math.min(atOnce, count - start);
    const data = new Float32Array(items * size);
    for (let item = 0; item < items; item++) {
      const mask = maskAt(start + item);
      for (let pixel = 0; pixel < pixels; pixel++) {
        for (let channel = 0; channel < channels; channel++) {
          const at = pixel * pixelStride + channel * channelStride;
          data[item * size + at] = baseline[at] + mask[pixel] * (x.data[at] - baseline[at]);
        }
      }
    }
    const batch = float32(data, [items, ...targets.dims.slice(1)]);
    values.set(await targets.values(batch), start * targets.count);
  }
  return values;
}
