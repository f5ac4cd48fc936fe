import type { LayerRecord } from '../explanation.ts';
import { positionsOf } from '../latent-rows.ts';

/** A cell of the later layer reads beyond itself: places within half a cell around it belong to it. */
const MARGIN = 1 / 2;

/**
 * Where at an earlier layer a concept of a later layer is: the positions whose middles lie in the picture within
 * half a cell of a position of the later layer at which the concept is strong.
 *
 * Shapes   strengths [positions of `layer`]; returns [positions of `earlier`], 1 inside and 0 outside.
 *          A strength of at least `threshold` (> 0) is strong. Positions before a grid (a class token) are outside.
 *          Where either layer has no grid, places are not known and every position is inside.
 * Limits   the receptive field is wider still; what lies outside is context and keeps its activations.
 */
export function footprint(
  strengths: ArrayLike<number>,
  threshold: number,
  layer: LayerRecord,
  earlier: LayerRecord,
): Uint8Array {
  const count = positionsOf(earlier);
  if (!hasGrid(layer) || !hasGrid(earlier)) return new Uint8Array(count).fill(1);
  const [rows, columns] = layer.grid;
  const [fineRows, fineColumns] = earlier.grid;
  const first = strengths.length - rows * columns;
  const strong = Array.from({ length: rows * columns }, (_, cell) => cell).filter(
    (cell) => strengths[first + cell] >= threshold,
  );
  const inside = new Uint8Array(count);
  const firstFine = count - fineRows * fineColumns;
  for (let cell = 0; cell < fineRows * fineColumns; cell++) {
    const y = ((Math.floor(cell / fineColumns) + 0.5) * rows) / fineRows;
    const x = (((cell % fineColumns) + 0.5) * columns) / fineColumns;
    const isNear = strong.some((one) => isWithin(y, Math.floor(one / columns)) && isWithin(x, one % columns));
    if (isNear) inside[firstFine + cell] = 1;
  }
  return inside;
}

function isWithin(at: number, cell: number): boolean {
  return at >= cell - MARGIN && at <= cell + 1 + MARGIN;
}

function hasGrid({ kind, grid }: LayerRecord): boolean {
  return kind !== 'vector' && grid[0] > 1 && grid[1] > 1;
}
