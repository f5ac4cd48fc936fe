import { describe, expect, it } from 'vitest';
import { outliers } from '../../../core/metrics/outlying-images.ts';

describe('outliers()', () => {
  it('scores by the median deviation, by hand, farthest first', () => {
    // Median 3, deviations 2 1 0 1 2 17 13, their median 2.
    const found = outliers([1, 2, 3, 4, 5, 20, -10]);
    expect(found.map(({ image }) => image)).toEqual([5, 6]);
    expect(found[0].score).toBeCloseTo(17 / (1.4826 * 2), 12);
    expect(found[1].score).toBeCloseTo(-13 / (1.4826 * 2), 12);
  });

  it('falls back on the mean deviation where most values are equal', () => {
    const values = new Float64Array(20);
    values[7] = 1;
    // Mean deviation 1/20.
    expect(outliers(values)).toEqual([{ image: 7, score: expect.closeTo(20 / 1.2533, 9) as number }]);
  });

  it('finds none in equal values, in few values, and in values without a tail', () => {
    expect(outliers([2, 2, 2, 2, 2, 2])).toEqual([]);
    expect(outliers([0, 0, 0, 100])).toEqual([]);
    expect(outliers([])).toEqual([]);
    expect(outliers(Array.from({ length: 50 }, (_, i) => i))).toEqual([]);
  });

  it('does not depend on unit and origin', () => {
    const values = [1, 2, 3, 4, 5, 20, -10];
    const moved = outliers(values.map((value) => 1e6 * value - 3));
    outliers(values).forEach(({ image, score }, i) => {
      expect(moved[i].image).toBe(image);
      expect(moved[i].score).toBeCloseTo(score, 6);
    });
  });

  it('refuses what is not finite', () => {
    expect(() => outliers([1, NaN, 2, 3, 4])).toThrow('finite');
  });
});
