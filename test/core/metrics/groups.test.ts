import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { findGroups } from '../../../core/metrics/groups.ts';
import { meanSilhouette } from '../../../core/metrics/silhouette.ts';
import { createRandom, type Random } from '../../../core/random.ts';

function rows(
  n: number,
  seed: number,
  value: (random: Random, row: number, column: number) => number,
): Matrix {
  const random = createRandom(seed);
  const out = matrix(n, 6);
  for (let i = 0; i < out.data.length; i++) out.data[i] = value(random, Math.floor(i / 6), i % 6);
  return out;
}

describe('findGroups', { timeout: 60_000 }, () => {
  it('finds as many as were made, the largest first', async () => {
    const made = (row: number): number => (row % 6 < 3 ? 0 : row % 6 < 5 ? 1 : 2);
    const a = rows(120, 1, (random, row, j) => random.normal() + (j === made(row) ? 7 : 0));
    const { status, labels, count, silhouette, usual } = await findGroups(a, { seed: 1 });
    expect({ status, count }).toEqual({ status: 'groups', count: 3 });
    expect([...labels]).toEqual(Array.from({ length: 120 }, (_, row) => made(row)));
    expect(silhouette).toBeGreaterThan(usual!);
  });

  it('finds two kinds that only one column tells apart', async () => {
    const a = rows(80, 2, (random, row, j) => random.normal() / 2 + (j === 0 && row % 2 === 1 ? 4 : 0));
    expect(await findGroups(a, { seed: 1 })).toMatchObject({ status: 'groups', count: 2 });
  });

  it.each([
    ['noise', (random: Random) => random.normal()],
    ['lopsided noise', (random: Random) => -Math.log(1 - random.uniform())],
  ])('finds none in %s', async (_, value) => {
    const found = await Promise.all([1, 2, 3].map((seed) => findGroups(rows(80, seed, value), { seed: 1 })));
    expect(found.map(({ status }) => status)).toEqual(['none', 'none', 'none']);
  });

  it('finds none where all columns say the same', async () => {
    const along = createRandom(9);
    const common = Array.from({ length: 100 }, () => 3 * along.normal());
    const a = rows(100, 4, (random, row, j) => common[row] * (1 + j) + random.normal());
    expect(await findGroups(a, { seed: 1 })).toMatchObject({ status: 'none', count: 1 });
  });

  it('says where there are too few, and takes rows that are all equal', async () => {
    expect(await findGroups(matrix(12, 3), { seed: 1 })).toMatchObject({ status: 'too-few' });
    expect(await findGroups(matrix(40, 3), { seed: 1 })).toMatchObject({ status: 'none' });
  });
});

describe('meanSilhouette', () => {
  it('is what the definition gives', () => {
    // Points 0, 1 and 10 on a line; the last is alone.
    const distances = Float32Array.of(0, 1, 10, 1, 0, 9, 10, 9, 0);
    expect(meanSilhouette(distances, Int32Array.of(0, 0, 1))).toBeCloseTo((9 / 10 + 8 / 9 + 0) / 3, 6);
    expect(meanSilhouette(distances, Int32Array.of(0, 0, 0))).toBeUndefined();
  });
});
