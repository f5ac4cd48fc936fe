import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { Box, LayerRecord } from './explanation.ts';
import { positionsOf } from './latent-rows.ts';

/**
 * The positions of a layer whose centres lie in a part of the picture, or the nearest where none does; every position
 * where they form no grid. Rising; a class token before the grid belongs to no part.
 *
 * Units    `box` and `size` in pixels of the fitted picture.
 */
export function positionsIn(
  layer: LayerRecord,
  size: { readonly width: number; readonly height: number },
  [left, top, width, height]: Box,
): number[] {
  const { grid, kind } = layer;
  const [rows, cols] = grid;
  const all = positionsOf(layer);
  if (kind === 'vector' || rows === 1 || cols === 1)
    return Array.from({ length: all }, (_, position) => position);
  const down = indicesIn(rows, size.height, top, height);
  const across = indicesIn(cols, size.width, left, width);
  const first = all - rows * cols;
  return down.flatMap((row) => across.map((col) => first + row * cols + col));
}

/** Of `count` cells along `extent` pixels those whose centres lie from `start` on, or the one that is nearest. */
function indicesIn(count: number, extent: number, start: number, length: number): number[] {
  const centre = (index: number): number => ((index + 0.5) * extent) / count;
  const inside = Array.from({ length: count }, (_, index) => index).filter(
    (index) => centre(index) >= start && centre(index) <= start + length,
  );
  if (inside.length > 0) return inside;
  const nearest = Math.floor(((start + length / 2) / extent) * count);
  return [Math.min(count - 1, Math.max(0, nearest))];
}

/** Mean of some rows of [positions, p], as a matrix of one row. */
export function meanRow({ cols, data }: Matrix, positions: readonly number[]): Matrix {
  const mean = matrix(1, cols);
  for (const position of positions) {
    for (let k = 0; k < cols; k++) mean.data[k] += data[position * cols + k] / positions.length;
  }
  return mean;
}
