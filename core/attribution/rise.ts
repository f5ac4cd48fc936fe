import { createRandom } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import { maskedValues } from './masked-pictures.ts';
import { pixelsOf, type TargetMaps, type Targets } from './targets.ts';
import { upsampleMap } from './upsampled-coefficients.ts';

/** Masks unless said. */
export const RISE_MASKS = 512;

/** Options of {@link rise}. */
export interface RiseOptions {
  /** @default 512 */
  readonly masks?: number;
  /** Cells a side of the coarse random mask. @default 7 */
  readonly cells?: number;
  /** Chance that a cell is kept. @default 0.5 */
  readonly keep?: number;
  /** What hidden pixels become, laid out as the picture. @default 0, the mean colour after normalisation */
  readonly baseline?: Float32Array;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * RISE: the mean of the target over random smooth masks that show a pixel, less its mean over all masks. Signed;
 * needs values alone.
 *
 * Source   Petsiuk, Das & Saenko 2018, eq. 6.
 * Differs  The mean is taken off, so that a map is zero, not flat at the mean, where a pixel does not matter.
 * Limits   The noise falls with the square root of the number of masks.
 */
export async function rise(
  targets: Targets,
  x: Tensor<'float32'>,
  { masks = RISE_MASKS, cells = 7, keep = 0.5, baseline, seed = 0 }: RiseOptions = {},
): Promise<TargetMaps> {
  const size = pixelsOf(targets);
  const seeds = createRandom(seed);
  const drawn = Array.from({ length: masks }, () => seeds.integer(2 ** 32));
  const maskAt = (index: number) => smoothMask(drawn[index], cells, keep, size);
  const values = await maskedValues(targets, x, masks, maskAt, baseline);
  const means = new Float64Array(targets.count);
  values.forEach((value, i) => (means[i % targets.count] += value / masks));
  const seen = new Float64Array(size[0] * size[1]);
  const sums = Array.from({ length: targets.count }, () => new Float64Array(seen.length));
  for (let index = 0; index < masks; index++) {
    const mask = maskAt(index);
    for (let pixel = 0; pixel < mask.length; pixel++) {
      seen[pixel] += mask[pixel];
      for (const [target, sum] of sums.entries())
        sum[pixel] += mask[pixel] * (values[index * targets.count + target] - means[target]);
    }
  }
  return sums.map((sum) => Float32Array.from(sum, (value, pixel) => value / Math.max(seen[pixel], 1e-6)));
}

/** Random cells, enlarged to a little more than the picture and shifted by part of a cell. */
function smoothMask(
  seed: number,
  cells: number,
  keep: number,
  [height, width]: readonly [number, number],
): Float32Array {
  const random = createRandom(seed);
  const side = cells + 1;
  const coarse = Float32Array.from({ length: side * side }, () => (random.uniform() < keep ? 1 : 0));
  const [cellHeight, cellWidth] = [Math.ceil(height / cells), Math.ceil(width / cells)];
  const large = upsampleMap(coarse, [side, side], [side * cellHeight, side * cellWidth]);
  const [top, left] = [random.integer(cellHeight), random.integer(cellWidth)];
  const mask = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * side * cellWidth + left;
    mask.set(large.subarray(from, from + width), y * width);
  }
  return mask;
}
