import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchConcepts, nearestIn, nearestTo } from '../../../core/comparison/match-concepts.ts';
import type { Chance, SimilarityTable } from '../../../core/comparison/similarity-table.ts';

function tableOf(rows: readonly (readonly number[])[], chance?: Chance): SimilarityTable {
  const values = Float64Array.from(rows.flat());
  return { by: 'images', rows: rows.length, cols: rows[0].length, values, chance: () => chance };
}

describe('matchConcepts()', () => {
  it('matches more in all than whoever takes the best pair first', () => {
    // Greedy takes 0.95 and is left with 0.5: 1.45. The best are 0.9 and 0.85.
    const table = tableOf([
      [0.95, 0.9],
      [0.85, 0.5],
    ]);
    expect(matchConcepts(table)).toEqual([
      { a: 0, b: 1, similarity: 0.9, status: 'same' },
      { a: 1, b: 0, similarity: 0.85, status: 'same' },
    ]);
  });

  it('does not give up a match for two pairs that are too little alike to count', () => {
    // Without a bound 0.39 + 0.39 is more than 0.7 + 0.
    const table = tableOf([
      [0.7, 0.39],
      [0.39, 0],
    ]);
    expect(matchConcepts(table)).toEqual([{ a: 0, b: 0, similarity: 0.7, status: 'changed' }]);
  });

  it('calls a match the same from 0.8 on, below it changed, and none below 0.4', () => {
    const statuses = [0.8, 0.79, 0.4, 0.39].map((value) => matchConcepts(tableOf([[value]]))[0]?.status);
    expect(statuses).toEqual(['same', 'changed', 'changed', undefined]);
  });

  it('does not trust what chance reaches as well', () => {
    const chance = { mean: 0.1, deviation: 0.25 };
    expect(matchConcepts(tableOf([[0.7]], chance))).toEqual([]);
    expect(matchConcepts(tableOf([[0.82]], chance))).toMatchObject([{ status: 'changed' }]);
    expect(matchConcepts(tableOf([[0.86]], chance))).toMatchObject([{ status: 'same' }]);
    // What is all but equal needs no chance: always in the same place of every image.
    expect(matchConcepts(tableOf([[0.96]], { mean: 0.95, deviation: 0.02 }))).toMatchObject([
      { status: 'same' },
    ]);
  });

  it('matches nothing with a concept of which nothing is known', () => {
    const table = tableOf([
      [NaN, NaN],
      [NaN, 0.9],
    ]);
    expect(matchConcepts(table)).toEqual([{ a: 1, b: 1, similarity: 0.9, status: 'same' }]);
    expect(nearestIn(table, 0)).toBeUndefined();
    expect(nearestTo(table, 1)).toEqual({ concept: 1, similarity: 0.9 });
  });

  it('gives the same pairs whichever run is first', () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 36 }),
        (n, m, all) => {
          const rows = Array.from({ length: n }, (_, i) =>
            Array.from({ length: m }, (_, j) => all[6 * i + j]),
          );
          const turned = Array.from({ length: m }, (_, j) => rows.map((row) => row[j]));
          const total = (table: SimilarityTable): number =>
            matchConcepts(table).reduce((sum, { similarity }) => sum + similarity, 0);
          expect(total(tableOf(turned))).toBeCloseTo(total(tableOf(rows)), 9);
          const found = matchConcepts(tableOf(rows));
          expect(new Set(found.map(({ b }) => b)).size).toBe(found.length);
          expect(found.every(({ similarity }) => similarity >= 0.4)).toBe(true);
        },
      ),
    );
  });
});
