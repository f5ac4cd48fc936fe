import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import { batchSizeFor, runBatched } from '../../../core/runtime/batch-size.ts';

describe('batchSizeFor()', () => {
  it.each([
    [{ bytesPerItem: 10, budgetBytes: 105 }, 10],
    [{ bytesPerItem: 10, budgetBytes: 5 }, 1],
    [{ bytesPerItem: 0, budgetBytes: 1e9 }, 64],
    [{ bytesPerItem: 1, budgetBytes: 1e9, largest: 8 }, 8],
  ])('gives for %j', (budget, size) => {
    expect(batchSizeFor(budget)).toBe(size);
  });
});

describe('runBatched()', () => {
  /** Items that a device with room for `capacity` of them at once gets done, batch by batch. */
  const batches = async (count: number, size: number, capacity: number) => {
    const done: [number, number][] = [];
    const run = (start: number, end: number) =>
      end - start > capacity
        ? Promise.reject(new TesseraError('out-of-memory', 'full'))
        : Promise.resolve(end - start);
    for await (const { start, end, value } of runBatched(count, size, run)) {
      expect(value).toBe(end - start);
      done.push([start, end]);
    }
    return done;
  };

  it('halves the batch when memory runs out, and keeps the smaller size', async () => {
    expect(await batches(10, 8, 3)).toEqual([
      [0, 2],
      [2, 4],
      [4, 6],
      [6, 8],
      [8, 10],
    ]);
  });

  it('covers every item once, in order, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.integer({ min: -1, max: 70 }),
        fc.integer({ min: 1, max: 20 }),
        async (count, size, capacity) => {
          const done = await batches(count, size, capacity);
          expect(
            done.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i)),
          ).toEqual(Array.from({ length: count }, (_, i) => i));
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('gives up when a single item does not fit', async () => {
    await expect(batches(4, 4, 0)).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it('passes other failures on at once', async () => {
    const run = () => Promise.reject(new Error('broken'));
    await expect(runBatched(4, 4, run).next()).rejects.toThrow('broken');
  });
});
