import type { Tensor } from '../tensor.ts';
import { maskedValues } from './masked-pictures.ts';
import { pixelsOf, type TargetMaps, type Targets } from './targets.ts';

/** Which squares cover a picture, one after another. */
export interface SquareOptions {
  /** Side of the covering square as a share of the picture's shorter side. @default 1/7 */
  readonly patch?: number;
  /** Distance between neighbouring squares as a share of their side. @default 1/2 */
  readonly stride?: number;
}

/** Options of {@link occlusion}. */
export interface OcclusionOptions extends SquareOptions {
  /** What covered pixels become, laid out as the picture. @default 0, the mean colour after normalisation */
  readonly baseline?: Float32Array;
}

/** Squares of one size by their top left corners. */
export interface Squares {
  /** In pixels. */
  readonly side: number;
  readonly step: number;
  readonly corners: readonly (readonly [top: number, left: number])[];
}

/** Squares that together cover a picture. */
export function squaresOver(
  [height, width]: readonly [height: number, width: number],
  { patch = 1 / 7, stride = 1 / 2 }: SquareOptions = {},
): Squares {
  const side = Math.max(1, Math.round(patch * Math.min(height, width)));
  const step = Math.max(1, Math.round(stride * side));
  const corners = startsOf(height, side, step).flatMap((top) =>
    startsOf(width, side, step).map((left) => [top, left] as const),
  );
  return { side, step, corners };
}

/** The mask [height · width] that hides one of the squares and shows the rest. */
export function squareMask(
  { side, corners }: Squares,
  index: number,
  [height, width]: readonly [height: number, width: number],
): Float32Array {
  const mask = new Float32Array(height * width).fill(1);
  forSquare(corners[index], side, width, (pixel) => (mask[pixel] = 0));
  return mask;
}

/** The mean of a map [height · width] over each of the squares. */
export function squareMeans({ side, corners }: Squares, map: Float32Array, width: number): Float64Array {
  return Float64Array.from(corners, (corner) => {
    let sum = 0;
    forSquare(corner, side, width, (pixel) => (sum += map[pixel]));
    return sum / side ** 2;
  });
}

/** How much each target falls with each square, [squares, K]. */
export async function squareDrops(
  targets: Targets,
  x: Tensor<'float32'>,
  squares: Squares,
  baseline?: Float32Array,
): Promise<Float64Array> {
  const size = pixelsOf(targets);
  const whole = await targets.values(x);
  const maskAt = (index: number) => squareMask(squares, index, size);
  const values = await maskedValues(targets, x, squares.corners.length, maskAt, baseline);
  return values.map((value, at) => whole[at % targets.count] - value);
}

/** Drops [squares, K] as K maps: of a pixel the mean over the squares that cover it. */
export function dropMaps(
  drops: Float64Array,
  { side, corners }: Squares,
  [height, width]: readonly [height: number, width: number],
): TargetMaps {
  const covers = new Float32Array(height * width);
  const count = drops.length / corners.length;
  const maps = Array.from({ length: count }, () => new Float32Array(height * width));
  corners.forEach((corner, index) => {
    forSquare(corner, side, width, (pixel) => {
      covers[pixel]++;
      for (const [target, map] of maps.entries()) map[pixel] += drops[index * count + target];
    });
  });
  return maps.map((map) => map.map((sum, pixel) => sum / covers[pixel]));
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
  { baseline, ...options }: OcclusionOptions = {},
): Promise<TargetMaps> {
  const size = pixelsOf(targets);
  const squares = squaresOver(size, options);
  return dropMaps(await squareDrops(targets, x, squares, baseline), squares, size);
}

/** Starts of squares along one axis, the last flush with the end. */
function startsOf(length: number, side: number, step: number): number[] {
  const starts: number[] = [];
  for (let at = 0; at < length - side; at += step) starts.push(at);
  return [...starts, length - side];
}

function forSquare(
  [top, left]: readonly [number, number],
  side: number,
  width: number,
  visit: (pixel: number) => void,
): void {
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) visit(y * width + x);
}
