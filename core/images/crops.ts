import { invariant } from '../errors.ts';
import { float32, type Tensor } from '../tensor.ts';

/** A rectangle in pixels of the fitted picture: left, top, width, height. */
type Box = readonly [left: number, top: number, width: number, height: number];

export interface CropGrid {
  readonly width: number;
  readonly height: number;
  /** Side of the square crops; a picture smaller than that gives one crop of its shorter side. */
  readonly patch: number;
  /** @default floor(0.8 · patch) */
  readonly stride?: number;
}

/**
 * The crops of a sliding window, row by row: CRAFT's (Fel et al. 2023, section 3.1), in the order of torch's
 * `unfold`. As there, a rest at the right and at the bottom that is narrower than the stride is left out; at
 * 224 pixels, patch 64 and stride 51 that is 7 pixels.
 */
export function cropBoxes({ width, height, patch, stride }: CropGrid): Box[] {
  const side = Math.floor(Math.min(patch, width, height));
  const step = stride ?? Math.max(1, Math.floor(0.8 * side));
  invariant(
    side >= 1 && step >= 1,
    `cropBoxes: patch ${patch} and stride ${step} must be at least one pixel`,
  );
  const boxes: Box[] = [];
  for (let top = 0; top + side <= height; top += step) {
    for (let left = 0; left + side <= width; left += step) boxes.push([left, top, side, side]);
  }
  return boxes;
}

/**
 * Cuts boxes of one size out of every image of a preprocessed batch: [n, C, H, W] -> [n·k, C, h, w], or
 * [n, H, W, C] -> [n·k, h, w, C], the crops of an image one after another, in the order of the boxes.
 */
export function cutCrops(
  input: Tensor<'float32'>,
  layout: 'NCHW' | 'NHWC',
  boxes: readonly Box[],
): Tensor<'float32'> {
  const isPlanar = layout === 'NCHW';
  const [count, height, width] = isPlanar ? [input.dims[0], input.dims[2], input.dims[3]] : input.dims;
  const channels = isPlanar ? input.dims[1] : input.dims[3];
  const [, , cropWidth, cropHeight] = boxes[0] ?? [0, 0, 0, 0];
  // A planar image is C pictures of one value a pixel; the other way round it is one picture of C values a pixel.
  const [planes, pixel] = isPlanar ? [channels, 1] : [1, channels];
  const data = new Float32Array(count * boxes.length * channels * cropWidth * cropHeight);
  let target = 0;
  for (let image = 0; image < count; image++) {
    for (const [left, top, boxWidth, boxHeight] of boxes) {
      const fits = left >= 0 && top >= 0 && left + boxWidth <= width && top + boxHeight <= height;
      invariant(fits && boxWidth === cropWidth && boxHeight === cropHeight, `cutCrops: box does not fit`);
      for (let plane = 0; plane < planes; plane++) {
        for (let row = 0; row < cropHeight; row++) {
          const source = (((image * planes + plane) * height + top + row) * width + left) * pixel;
          data.set(input.data.subarray(source, source + cropWidth * pixel), target);
          target += cropWidth * pixel;
        }
      }
    }
  }
  const crops = count * boxes.length;
  return float32(
    data,
    isPlanar ? [crops, channels, cropHeight, cropWidth] : [crops, cropHeight, cropWidth, channels],
  );
}
