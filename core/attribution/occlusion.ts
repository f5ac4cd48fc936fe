import type { Tensor } from '../tensor.ts';
import { maskedValues } from './masked-pictures.ts';
import { pixelsOf, type TargetMaps, type Targets } from './targets.ts';

/** Options of {@link occlusion}. */
export interface OcclusionOptions {
  /** Side of the covering square as a share of the picture's shorter side. @default 1/7 */
  readonly patch?: number;
  /** Distance between neighbouring squares as a share of their side. @default 1/2 */
  readonly stride?: number;
  /** Value of covered pixels. @default 0, the mean colour after normalisation */
  readonly fill?: number;
}

/**
 * Occlusion: how much the target falls when a square of the picture is covered, as the mean over the squares that
 * cover a pixel. Signed; needs values alone.
 *
 * Source  Zeiler & Fergus 2014, section 4.2.
 * Limits  Finds what one square can hide; a part that is there twice may go unnoticed.
 */
export async function occlusion(
  targets: Targets,
  x: Tensor<'float32'>,
  { patch = 1 / 7, stride = 1 / 2, fill = 0 }: OcclusionOptions = {},
): Promise<TargetMaps> {
  const [height, width] = pixelsOf(targets);
  const side = Math.max(1, Math.round(patch * Math.min(height, width)));
  const step = Math.max(1, Math.round(stride * side));
  const corners = cornersOf(height, side, step).flatMap((top) =>
    cornersOf(width, side, step).map((left) => [top, left] as const),
  );
  const [whole] = [await targets.values(x)];
  const maskAt = (index: number): Float32Array => {
    const mask = new Float32Array(height * width).fill(1);
    forSquare(corners[index], side, width, (pixel) => (mask[pixel] = 0));
    return mask;
  };
  const values = await maskedValues(targets, x, corners.length, maskAt, fill);
  const covers = new Float32Array(height * width);
  const maps = Array.from({ length: targets.count }, () => new Float32Array(height * width));
  corners.forEach((corner, index) => {
    forSquare(corner, side, width, (pixel) => {
      covers[pixel]++;
      for (const [target, map] of maps.entries())
        map[pixel] += whole[target] - values[index * targets.count + target];
    });
  });
  return maps.map((map) => map.map((sum, pixel) => sum / covers[pixel]));
}

/** Starts of squares along one axis, the last flush with the end. */
function cornersOf(length: number, side: number, step: number): number[] {
  const corners: number[] = [];
  for (let at = 0; at < length - side; at += step) corners.push(at);
  return [...corners, length - side];
}

function forSquare(
  [top, left]: readonly [number, number],
  side: number,
  width: number,
  visit: (pixel: number) => void,
): void {
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) visit(y * width + x);
}
