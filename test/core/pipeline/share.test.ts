import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked } from '../../../core/pipeline/chunked.ts';
import { NO_SHARE, ownsPiece, PiecesMissing, shardOf, type Share } from '../../../core/pipeline/share.ts';
import { openStageEntry } from '../../../core/project/stage-entry.ts';
import { rangesText } from '../../../core/wording/range-text.ts';
import { memoryStorage } from '../project/memory-storage.ts';

const counts = fc.integer({ min: 1, max: 200 });

describe('the shares of a stage', () => {
  it('have every piece once, in contiguous ranges that differ by one piece at most', () => {
    fc.assert(
      fc.property(counts, counts, (pieces, of) => {
        const owners = Array.from({ length: pieces }, (_, index) => shardOf(index, pieces, of));
        expect(owners).toEqual([...owners].sort((a, b) => a - b));
        const sizes = Array.from(
          { length: of },
          (_, shard) => owners.filter((_owner, index) => ownsPiece({ shard, of }, index, pieces)).length,
        );
        expect(sizes.reduce((sum, size) => sum + size)).toBe(pieces);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are none for whoever merges', () => {
    fc.assert(
      fc.property(counts, (pieces) => {
        for (let index = 0; index < pieces; index++) expect(ownsPiece(NO_SHARE, index, pieces)).toBe(false);
      }),
    );
  });
});

/** Numbers doubled, three a piece. */
async function doubled(storage: ReturnType<typeof memoryStorage>, share?: Share) {
  const computed: number[] = [];
  const entry = await openStageEntry({ storage, folder: '/p' }, 'numbers', 'f0');
  const told: string[] = [];
  const context = {
    ...{ entry, share, signal: undefined },
    onProgress: ({ done, total }: { done: number; total: number }) => void told.push(`${done}/${total}`),
  };
  const pieces = chunked(context, {
    ...{ stage: 'numbers', count: 11, size: 3 },
    prepare: (start, end) => Promise.resolve([start, end]),
    compute: (_, start, end) => {
      computed.push(start);
      return Promise.resolve({ tensors: new Map(), value: [2 * start, 2 * end] });
    },
  });
  const values: unknown[] = [];
  const missing = await (async () => {
    for await (const { value } of pieces) values.push(value);
  })().catch((error: unknown) => error);
  return { computed, values, missing, told };
}

describe('chunked work of a share', () => {
  it('is its own pieces alone, and reads all once nothing is missing', async () => {
    const storage = memoryStorage();
    const first = await doubled(storage, { shard: 0, of: 2 });
    expect(first.computed).toEqual([0, 3]);
    expect(first.told).toEqual(['3/6', '6/6']);
    expect(first.missing).toMatchObject({ stage: 'numbers', missing: [2, 3], pieces: 4 });
    const second = await doubled(storage, { shard: 1, of: 2 });
    expect(second.computed).toEqual([6, 9]);
    const whole = await doubled(memoryStorage());
    expect(second.values).toEqual(whole.values);
    expect(second.missing).toBeUndefined();
  });

  it('stops after them where it only fills', async () => {
    const storage = memoryStorage();
    const { values, missing } = await doubled(storage, { shard: 0, of: 1, fills: true });
    expect(values).toEqual([]);
    expect(missing).toBeInstanceOf(PiecesMissing);
    expect(missing).toMatchObject({ missing: [], pieces: 4 });
  });
});

describe('rangesText()', () => {
  it.each([
    [[], ''],
    [[4], '4'],
    [[0, 1, 2, 7, 9, 10], '0-2,7,9-10'],
  ])('tells %j as "%s"', (numbers, text) => {
    expect(rangesText(numbers)).toBe(text);
  });
});
