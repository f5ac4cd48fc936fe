import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageRanks, pearson, spearman } from '../../../core/metrics/correlation.ts';

describe('pearson', () => {
  it('follows its definition on numbers worked by hand', () => {
    // Deviations (-1, 0, 1) and (-1, 1, 0): 1 / 2.
    expect(pearson([1, 2, 3], [4, 6, 5])).toBeCloseTo(0.5, 14);
    expect(pearson([1, 2, 4], [-1, -2, -4])).toBe(-1);
  });

  it('is undefined when a list does not vary, whatever its value', () => {
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeUndefined();
    expect(pearson([1, 2], [7, 7])).toBeUndefined();
    expect(pearson([1], [2])).toBeUndefined();
    expect(pearson([], [])).toBeUndefined();
  });

  it('neither overflows nor loses small deviations', () => {
    expect(pearson([1e300, -1e300, 0], [1, -1, 0])).toBeCloseTo(1, 14);
    expect(pearson([1e-200, 2e-200, 3e-200], [3, 2, 1])).toBeCloseTo(-1, 14);
  });

  it('refuses lists of unequal length', () => {
    expect(() => pearson([1], [1, 2])).toThrow('internal: pearson: lists of 1 and 2 numbers');
  });
});

describe('spearman', () => {
  it('gives ties the mean of their ranks', () => {
    expect([...averageRanks([5, 1, 5, 3, 5])]).toEqual([4, 1, 4, 2, 4]);
    // scipy.stats.spearmanr([1, 2, 2, 3], [1, 3, 2, 3]) by hand: ranks (1, 2.5, 2.5, 4) and (1, 3.5, 2, 3.5),
    // deviations (-1.5, 0, 0, 1.5) and (-1.5, 1, -0.5, 1): 3.75 / 4.5.
    expect(spearman([1, 2, 2, 3], [1, 3, 2, 3])).toBeCloseTo(3.75 / 4.5, 14);
  });

  it('sees only the order, is symmetric and bounded', () => {
    const numbers = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), {
      minLength: 2,
      maxLength: 12,
    });
    const property = fc.property(numbers, (pairs) => {
      const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
      const rank = spearman(x, y);
      expect(spearman(y, x)).toEqual(rank);
      if (rank === undefined) return;
      expect(Math.abs(rank)).toBeLessThanOrEqual(1);
      expect(
        spearman(
          x.map((a) => Math.exp(a)),
          y.map((b) => -(b ** 3)),
        ),
      ).toBeCloseTo(-rank, 12);
    });
    fc.assert(property);
  });

  it('is undefined for a flat list and refuses NaN', () => {
    expect(spearman([1, 1], [1, 2])).toBeUndefined();
    expect(() => spearman([1, NaN, 3], [1, 2, 3])).toThrow('internal: averageRanks: entry 1 is not a number');
  });
});
