import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { Random } from '../random.ts';

/** Places at which a density is looked at, and bandwidths beyond which it spreads no further. */
const GRID = 256;
const REACH = 4;
const BISECTIONS = 24;

/** A column of numbers as samples are drawn from it once it has no more than one hill. */
export interface UnimodalColumn {
  readonly values: Float64Array;
  /** Least bandwidth at which the smoothed values have one hill. */
  readonly bandwidth: number;
}

/**
 * The least width of a Gaussian kernel by which the density of some numbers has one hill; 0 where all are equal.
 *
 * Source  Silverman 1981, "Using kernel density estimates to investigate multimodality"; on a grid of 256 places.
 */
export function unimodalColumn(values: Float64Array): UnimodalColumn {
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const width = most - least;
  if (!(width > 0)) return { values, bandwidth: 0 };
  const counts = new Float64Array(GRID);
  for (const value of values) counts[Math.round(((value - least) / width) * (GRID - 1))]++;
  let [low, high] = [0, 1];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (hillsOf(counts, middle * (GRID - 1)) > 1) low = middle;
    else high = middle;
  }
  return { values, bandwidth: high * width };
}

/** Hills of counts that are smoothed by a Gaussian of so many places. */
function hillsOf(counts: Float64Array, width: number): number {
  const pad = Math.ceil(REACH * width) + 1;
  const kernel = Float64Array.from({ length: 2 * GRID + pad }, (_, i) => Math.exp(-0.5 * (i / width) ** 2));
  const filled = [...counts.keys()].filter((at) => counts[at] > 0);
  let [hills, before, isRising] = [0, 0, true];
  for (let place = -pad; place < GRID + pad; place++) {
    const height = filled.reduce((sum, at) => sum + counts[at] * kernel[Math.abs(place - at)], 0);
    if (height < before * (1 - 1e-9)) {
      if (isRising) hills++;
      isRising = false;
    } else if (height > before * (1 + 1e-9)) isRising = true;
    before = height;
  }
  return hills;
}

/**
 * Rows as they could be if there were no groups: every column is drawn by itself (which parts what went together, as a
 * permutation does) from its own values, smoothed until they have one hill, with the mean and deviation that they had.
 *
 * A plain permutation of columns would keep two hills of a single column, which are groups already.
 */
export function drawUnimodal(columns: readonly UnimodalColumn[], rows: number, random: Random): Matrix {
  const out = matrix(rows, columns.length);
  columns.forEach(({ values, bandwidth }, column) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const shrink = variance > 0 ? Math.sqrt(variance / (variance + bandwidth ** 2)) : 1;
    for (let row = 0; row < rows; row++) {
      const drawn = values[random.integer(values.length)] + bandwidth * random.normal();
      out.data[row * columns.length + column] = mean + shrink * (drawn - mean);
    }
  });
  return out;
}
