import { describe, expect, it } from 'vitest';
import { hitRate } from '../../../core/metrics/hit-rate.ts';

const images = (...pairs: readonly (readonly [number | undefined, number])[]) =>
  pairs.map(([truth, predicted]) => ({ truth, predicted }));

describe('hitRate()', () => {
  it('takes what guessing reaches off, by hand', () => {
    // 3 of 4 right among 5 classes: (0.75 - 0.2) / 0.8.
    const some = images([0, 0], [1, 1], [2, 2], [3, 0], [undefined, 4]);
    expect(hitRate(some, 5)).toEqual({
      known: 4,
      hits: 3,
      aboveChance: expect.closeTo(0.6875, 12) as number,
    });
  });

  it('is 1 for always right, 0 for guessing one class, and below 0 for never right', () => {
    expect(hitRate(images([0, 0], [1, 1]), 2).aboveChance).toBe(1);
    expect(hitRate(images([0, 0], [1, 0]), 2).aboveChance).toBe(0);
    expect(hitRate(images([0, 1], [1, 0]), 2).aboveChance).toBe(-1);
  });

  it('has no answer where no folder names a class, and for a model of one class', () => {
    expect(hitRate(images([undefined, 0]), 5)).toEqual({ known: 0, hits: 0 });
    expect(hitRate([], 5)).toEqual({ known: 0, hits: 0 });
    expect(hitRate(images([0, 0]), 1)).toEqual({ known: 1, hits: 1 });
  });
});
