import { describe, expect, it } from 'vitest';
import type { ScoredImages, ScoredQuery } from '../../../main/api/contract.ts';
import type { ScoredColumns } from '../../../main/compute/protocol.ts';
import { detailOf, pageOf, unknownCount } from '../../../main/services/scored-rows.ts';

const columns = {
  concepts: [
    { id: 'c1', name: 'wall', drift: null },
    { id: 'c0', name: 'roof', drift: null },
  ],
  mostRest: 0.4,
  files: ['b.jpg', 'a.jpg', 'c.jpg'].map((name) => ({ path: `/new/${name}`, folder: '', root: '/new' })),
  predicted: ['house', 'barn', 'house'].map((name, index) => ({ index, name, probability: 0.9 })),
  isExplained: Uint8Array.of(1, 0, 1),
  score: Float64Array.of(3, 1, 2),
  ofConcepts: Float64Array.of(2.5, 1, 2),
  rest: Float64Array.of(0.1, 0.5, 0.45),
  amounts: Float32Array.of(1, 10, 2, 20, 3, 30),
  contributions: Float32Array.of(-1, 0, 5, 0, 2, 0),
} as unknown as ScoredColumns;
const kept = { summary: { id: 'scores-1' } as ScoredImages, columns, as: 'abc' };
const query: ScoredQuery = {
  ...{ project: 'p', runId: 'run1', id: 'scores-1', offset: 0, limit: 10, concept: 'c1' },
  ...{ sort: 'rest', descending: true, isUnknown: false },
};
const filesOf = (changes: Partial<ScoredQuery>): string[] =>
  pageOf(kept, { ...query, ...changes }).rows.map(({ fileName }) => fileName);

describe('pageOf()', () => {
  it.each([
    ['rest', ['b.jpg', 'c.jpg', 'a.jpg']],
    ['file', ['a.jpg', 'b.jpg', 'c.jpg']],
    ['score', ['a.jpg', 'c.jpg', 'b.jpg']],
    ['contribution', ['b.jpg', 'c.jpg', 'a.jpg']],
    ['predicted', ['a.jpg', 'b.jpg', 'c.jpg']],
  ] as const)('lists by %s', (sort, files) => {
    expect(filesOf({ sort, descending: false })).toEqual(files);
  });

  it('gives a part, the figures of the concept that is asked for, and the total of what fits', () => {
    const page = pageOf(kept, { ...query, concept: 'c0', sort: 'amount', offset: 1, limit: 1 });
    expect(page).toMatchObject({ total: 3, rows: [{ fileName: 'a.jpg', amount: 20, isUnknown: true }] });
    expect(page.rows[0].picture).toBe('a.scores-1.1.abc');
    expect(pageOf(kept, { ...query, isUnknown: true })).toMatchObject({ total: 2 });
    expect(unknownCount(columns)).toBe(2);
  });

  it('knows of none that it is unknown where that cannot be told', () => {
    const few = { ...kept, columns: { ...columns, mostRest: null } };
    expect(pageOf(few, { ...query, isUnknown: true }).total).toBe(0);
    expect(pageOf(few, query).rows[0].isUnknown).toBeNull();
    expect(unknownCount(few.columns)).toBe(0);
  });

  it('refuses a concept that the run does not have', () => {
    expect(() => pageOf(kept, { ...query, concept: 'c9' })).toThrow('The run has no concept "c9".');
  });
});

describe('detailOf()', () => {
  it('has everything of one image by the ids of concepts', () => {
    expect(detailOf(kept, 2)).toMatchObject({
      ...{ path: '/new/c.jpg', folder: 'new', ofConcepts: 2 },
      amounts: { c1: 3, c0: 30 },
      contributions: { c1: 2, c0: 0 },
    });
    expect(() => detailOf(kept, 3)).toThrow('There are 3 images; there is no image 3.');
  });
});
