import { upsampleMap } from '../attribution/upsampled-coefficients.ts';
import type { Box } from '../concepts/explanation.ts';
import type { RgbImage } from '../platform.ts';
import { mapColour, mapOpacity } from '../wording/map-colours.ts';

/** Coefficients of one concept at the grid positions of one picture, row-major [rows, columns]. */
export interface CoefficientMap {
  readonly values: Float32Array;
  readonly grid: readonly [rows: number, columns: number];
}

/**
 * Cuts a box out of a picture and brings it to `width` × `height` by averaging when it shrinks and bilinear
 * interpolation when it grows (a triangle filter, half-pixel centres, edges repeated).
 */
export function cutScaled(
  image: RgbImage,
  [left, top, boxWidth, boxHeight]: Box,
  width: number,
  height: number,
): RgbImage {
  const across = tapsOf(left, boxWidth, width, image.width);
  const down = tapsOf(top, boxHeight, height, image.height);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, out = 0; y < height; y++)
    for (let x = 0; x < width; x++, out += 3) {
      let [red, green, blue] = [0, 0, 0];
      for (const [row, rowWeight] of down[y])
        for (const [column, columnWeight] of across[x]) {
          const weight = rowWeight * columnWeight;
          const at = (row * image.width + column) * 3;
          red += weight * image.data[at];
          green += weight * image.data[at + 1];
          blue += weight * image.data[at + 2];
        }
      data[out] = Math.round(red);
      data[out + 1] = Math.round(green);
      data[out + 2] = Math.round(blue);
    }
  return { width, height, data };
}

/**
 * The picture in grey under the map's colours. Grey, so that every hue comes from the map; the more of the
 * concept, the more the map covers the picture.
 * `maximum` is the coefficient at the bright end of the scale, shared by all pictures that are compared; of a signed map
 * the scale begins at its negative.
 */
export function overlayMap(
  image: RgbImage,
  map: CoefficientMap,
  maximum: number,
  isSigned = false,
): RgbImage {
  const pixels = upsampleMap(map.values, map.grid, [image.height, image.width]);
  const data = new Uint8Array(image.data.length);
  const colours = isSigned ? SIGNED_COLOURS : MAP_COLOURS;
  for (let i = 0; i < pixels.length; i++) {
    const share = maximum > 0 ? Math.min(1, Math.max(isSigned ? -1 : 0, pixels[i] / maximum)) : 0;
    const level = Math.round(255 * (isSigned ? (share + 1) / 2 : share));
    const strength = isSigned ? Math.abs(share) : level / 255;
    const opacity = mapOpacity(strength);
    const grey = luma(image.data, i * 3);
    for (let channel = 0; channel < 3; channel++)
      data[i * 3 + channel] = grey + (colours[level][channel] - grey) * opacity;
  }
  return { width: image.width, height: image.height, data };
}

const MAP_COLOURS = Array.from({ length: 256 }, (_, level) => mapColour(level / 255));
const SIGNED_COLOURS = Array.from({ length: 256 }, (_, level) => mapColour(level / 255, true));

/** ITU-R BT.601 luma of an sRGB pixel, good enough to make it grey. */
function luma(data: Uint8Array, at: number): number {
  return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
}

type Tap = readonly [index: number, weight: number];

/** For each output position the input positions under a triangle as wide as the coarser of the two grids. */
function tapsOf(start: number, length: number, outputs: number, size: number): Tap[][] {
  const step = length / outputs;
  const radius = Math.max(1, step);
  return Array.from({ length: outputs }, (_, output) => {
    const centre = start + (output + 0.5) * step - 0.5;
    const taps: [number, number][] = [];
    for (let i = Math.ceil(centre - radius); i <= Math.floor(centre + radius); i++) {
      const weight = 1 - Math.abs(i - centre) / radius;
      if (weight > 0) taps.push([Math.min(size - 1, Math.max(0, i)), weight]);
    }
    const total = taps.reduce((sum, [, weight]) => sum + weight, 0);
    return taps.map(([index, weight]) => [index, weight / total] as const);
  });
}
