import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusionMatrix } from '../../../core/metrics/confusion-matrix.ts';

const judged = (...pairs: readonly (readonly [number | undefined, number])[]) =>
  pairs.map(([truth, predicted]) => ({ truth, predicted }));

describe('confusionMatrix()', () => {
  it('counts answers by class of the folder, by hand', () => {
    const images = judged([2, 2], [2, 5], [2, 5], [2, 7], [0, 0], [0, 2], [undefined, 0]);
    expect(confusionMatrix(images, { rows: 9, columns: 3 })).toEqual({
      columns: [0, 2, 5],
      rows: [
        { truth: 0, images: 2, hits: 1, counts: [1, 1, 0], elsewhere: 0 },
        { truth: 2, images: 4, hits: 1, counts: [0, 1, 2], elsewhere: 1 },
      ],
      rowsLeftOut: 0,
      known: 6,
      hits: 2,
    });
  });

  it('shows the classes with the most mistakes where there is no room for all, in the order of the model', () => {
    const images = judged([1, 1], [1, 1], [1, 1], [4, 3], [4, 3], [3, 3], [0, 4]);
    const { rows, rowsLeftOut, known, hits } = confusionMatrix(images, { rows: 2, columns: 2 });
    expect(rows.map(({ truth }) => truth)).toEqual([3, 4]);
    expect([rowsLeftOut, known, hits]).toEqual([2, 7, 4]);
  });

  it('is empty where no folder names a class', () => {
    const empty = { rows: [], columns: [], rowsLeftOut: 0, known: 0, hits: 0 };
    expect(confusionMatrix(judged([undefined, 3]), { rows: 5, columns: 5 })).toEqual(empty);
  });

  it('loses no image, whatever is shown', () => {
    const image = fc.record({ truth: fc.option(fc.nat(4), { nil: undefined }), predicted: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(image), fc.nat(6), fc.nat(12), (images, most, columnsShown) => {
        const found = confusionMatrix(images, { rows: most, columns: columnsShown });
        const named = images.filter(({ truth }) => truth !== undefined);
        expect(found.known).toBe(named.length);
        expect(found.hits).toBe(named.filter(({ truth, predicted }) => truth === predicted).length);
        expect(found.rows.length + found.rowsLeftOut).toBe(new Set(named.map(({ truth }) => truth)).size);
        for (const { truth, images: own, counts, elsewhere, hits } of found.rows) {
          expect(own).toBe(named.filter((one) => one.truth === truth).length);
          expect(counts.reduce((a, b) => a + b, elsewhere)).toBe(own);
          expect(counts[found.columns.indexOf(truth)]).toBe(hits);
        }
      }),
    );
  });
});
