import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusionMatrix } from '../../../core/metrics/confusion-matrix.ts';

const judged = (...pairs: readonly (readonly [number | undefined, number])[]) =>
  pairs.map(([truth, predicted]) => ({ truth, predicted }));

describe('confusionMatrix()', () => {
  it('counts answers by class of the folder, by hand', () => {
    const images = judged([2, 2], [2, 5], [2, 5], [2, 7], [0, 0], [0, 2], [undefined, 0]);
    expect(confusionMatrix(images, 1)).toEqual({
      columns: [0, 2, 5],
      rows: [
        { truth: 0, images: 2, hits: 1, counts: [1, 1, 0], elsewhere: 0 },
        { truth: 2, images: 4, hits: 1, counts: [0, 1, 2], elsewhere: 1 },
      ],
      known: 6,
      hits: 2,
    });
  });

  it('is empty where no folder names a class', () => {
    expect(confusionMatrix(judged([undefined, 3]), 5)).toEqual({ rows: [], columns: [], known: 0, hits: 0 });
  });

  it('loses no image, whatever is shown', () => {
    const image = fc.record({ truth: fc.option(fc.nat(4), { nil: undefined }), predicted: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(image), fc.nat(5), (images, others) => {
        const { rows, columns, known, hits } = confusionMatrix(images, others);
        const named = images.filter(({ truth }) => truth !== undefined);
        expect(known).toBe(named.length);
        expect(hits).toBe(named.filter(({ truth, predicted }) => truth === predicted).length);
        for (const { truth, images: own, counts, elsewhere, hits: right } of rows) {
          expect(counts.reduce((a, b) => a + b, elsewhere)).toBe(own);
          expect(counts[columns.indexOf(truth)]).toBe(right);
        }
      }),
    );
  });
});
