import type { RgbImage } from '../platform.ts';

/** 64 bits as two numbers of 32. */
export type PictureHash = readonly [high: number, low: number];

const ROWS = 8;
const COLUMNS = 9;

/**
 * Difference hash: the picture's brightness averaged over a grid of 9 × 8 cells, and a bit for each of the 64 pairs of
 * neighbours in a row, 1 where the left one is brighter. It stays when a picture is scaled, compressed or made brighter.
 *
 * Source   N. Krawetz, "Kind of Like That" (2013), dHash.
 * Limits   a crop or a mirror image has another hash; pictures of one even colour all have 0.
 */
export function differenceHash({ width, height, data }: RgbImage): PictureHash {
  const sums = new Float64Array(ROWS * COLUMNS);
  const counts = new Float64Array(ROWS * COLUMNS);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor((x * COLUMNS) / width);
      const at = 3 * (y * width + x);
      sums[cell] += 299 * data[at] + 587 * data[at + 1] + 114 * data[at + 2];
      counts[cell]++;
    }
  }
  const means = sums.map((sum, cell) => (counts[cell] > 0 ? sum / counts[cell] : 0));
  const halves = [0, 0];
  for (let bit = 0; bit < ROWS * (COLUMNS - 1); bit++) {
    const cell = Math.floor(bit / (COLUMNS - 1)) * COLUMNS + (bit % (COLUMNS - 1));
    if (means[cell] > means[cell + 1]) halves[bit >> 5] |= 1 << (bit & 31);
  }
  return [halves[0] >>> 0, halves[1] >>> 0];
}

/** Bits in which two hashes differ, 0 … 64. */
export function hashDistance(a: PictureHash, b: PictureHash): number {
  return bitsOf(a[0] ^ b[0]) + bitsOf(a[1] ^ b[1]);
}

function bitsOf(value: number): number {
  let [left, count] = [value, 0];
  for (; left !== 0; left &= left - 1) count++;
  return count;
}
