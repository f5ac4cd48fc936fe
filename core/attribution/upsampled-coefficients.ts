import { BugError } from '../errors.ts';

/**
 * A concept map without gradients: the coefficients at the grid positions of a layer, interpolated to the pixels.
 *
 * Shapes   map [rows, columns] row-major -> [height, width] row-major. Cell (0, 0) covers the top left
 *          height/rows × width/columns pixels and its value sits in the middle of them (half-pixel convention);
 *          beyond the outermost middles the nearest value holds.
 * Units    those of the map; every value lies between the map's smallest and largest.
 * Limits   O(height · width). It shows where rows of the layer are strong, not which pixels made them so:
 *          a position's receptive field is wider than its cell.
 */
export function upsampleMap(
  map: Float32Array,
  [rows, columns]: readonly [rows: number, columns: number],
  [height, width]: readonly [height: number, width: number],
): Float32Array {
  if (map.length !== rows * columns || map.length === 0)
    throw new BugError(`upsampleMap: shape [${rows}, ${columns}] does not fit ${map.length} values`);
  const across = interpolationOf(columns, width);
  const down = interpolationOf(rows, height);
  const pixels = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const upper = down.before[y] * columns;
    const lower = down.after[y] * columns;
    for (let x = 0; x < width; x++) {
      const left = across.before[x];
      const right = across.after[x];
      const top = mix(map[upper + left], map[upper + right], across.weight[x]);
      const bottom = mix(map[lower + left], map[lower + right], across.weight[x]);
      pixels[y * width + x] = mix(top, bottom, down.weight[y]);
    }
  }
  return pixels;
}

/** For each of `pixels` positions the two of `cells` cells around it, and the weight of the second. */
function interpolationOf(cells: number, pixels: number) {
  const before = new Int32Array(pixels);
  const after = new Int32Array(pixels);
  const weight = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const position = Math.min(Math.max(((i + 0.5) * cells) / pixels - 0.5, 0), cells - 1);
    before[i] = Math.floor(position);
    after[i] = Math.min(before[i] + 1, cells - 1);
    weight[i] = position - before[i];
  }
  return { before, after, weight };
}

function mix(a: number, b: number, weight: number): number {
  return a + (b - a) * weight;
}
