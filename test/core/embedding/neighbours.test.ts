import { describe, expect, it } from 'vitest';
import { nearestRows } from '../../../core/embedding/neighbours.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { createRandom } from '../../../core/random.ts';

function rows(n: number, cols: number): Matrix {
  const random = createRandom(1);
  const out = matrix(n, cols);
  for (let i = 0; i < out.data.length; i++)
    out.data[i] = random.normal() + (i % cols === Math.floor(i / cols) % cols ? 4 : 0);
  return out;
}

/** By comparing with every row. */
function exactly(a: Matrix, row: number, k: number): number[] {
  const far = (other: number): number =>
    Array.from(
      { length: a.cols },
      (_, j) => (a.data[row * a.cols + j] - a.data[other * a.cols + j]) ** 2,
    ).reduce((sum, value) => sum + value);
  const all = Array.from({ length: a.rows }, (_, i) => i).filter((other) => other !== row);
  return all
    .map((other) => [far(other), other] as const)
    .sort(([x], [y]) => x - y)
    .slice(0, k)
    .map(([, other]) => other);
}

describe('nearestRows', () => {
  it('finds them exactly among few rows, itself left out', async () => {
    const a = rows(50, 4);
    const { indices, distances } = await nearestRows(a, a, { k: 5, seed: 1 });
    for (let row = 0; row < 50; row++)
      expect([...indices.subarray(5 * row, 5 * row + 5)]).toEqual(exactly(a, row, 5));
    expect(distances[0]).toBeLessThanOrEqual(distances[1]);
  });

  it('finds nine of ten among many', async () => {
    const a = rows(6000, 12);
    const { indices } = await nearestRows(a, a, { k: 10, seed: 1 });
    let found = 0;
    for (let row = 0; row < 6000; row += 100) {
      const wanted = new Set(exactly(a, row, 10));
      found += [...indices.subarray(10 * row, 10 * row + 10)].filter((other) => wanted.has(other)).length;
    }
    expect(found / 600).toBeGreaterThan(0.9);
  });
});
