import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, takeRows } from '../../../core/linalg/matrix.ts';
import { stability } from '../../../core/metrics/stability.ts';
import { createRandom } from '../../../core/random.ts';

const bank = (rows: number, cols: number, ...values: number[]) =>
  matrix(rows, cols, Float32Array.from(values));

describe('stability', () => {
  it('follows its definition on numbers worked by hand', () => {
    const reference = bank(2, 2, 1, 0, 0, 1);
    // Matched: cosines 0.8 and 1 (rows swapped, scaled); unmatched: 0.6 and 0.
    const swapped = bank(2, 2, 0, 3, 8, 6);
    const same = stability(reference, [reference]);
    expect(same).toEqual({
      mean: 1,
      min: 1,
      concepts: [
        { mean: 1, min: 1 },
        { mean: 1, min: 1 },
      ],
      unmatched: 0,
    });
    const { mean, min, concepts, unmatched } = stability(reference, [swapped, reference]);
    expect(mean).toBeCloseTo(0.95, 7);
    expect(min).toBeCloseTo(0.8, 7);
    expect(concepts[0].mean).toBeCloseTo(0.9, 7);
    expect(concepts[1]).toEqual({ mean: 1, min: 1 });
    expect(unmatched).toBeCloseTo((0.3 + 0) / 2, 7);
  });

  it('ignores order and scale, and stays within bounds for banks without negative entries', () => {
    const sizes = [fc.integer(), fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 6 })] as const;
    const invariantProperty = fc.property(...sizes, (seed, r, p) => {
      const random = createRandom(seed);
      const draw = () =>
        matrix(
          r,
          p,
          Float32Array.from({ length: r * p }, () => random.uniform()),
        );
      const [reference, other] = [draw(), draw()];
      const shuffled = takeRows(other, random.permutation(r));
      shuffled.data.forEach((value, k) => (shuffled.data[k] = 4 * value));
      const result = stability(reference, [other]);
      // Float32 rows; sums in another order.
      expect(stability(reference, [shuffled]).mean).toBeCloseTo(result.mean, 6);
      expect(result.min).toBeGreaterThanOrEqual(0);
      expect(result.mean).toBeLessThanOrEqual(1 + 1e-7);
      expect(result.mean).toBeGreaterThanOrEqual(result.unmatched! - 1e-7);
    });
    fc.assert(invariantProperty, { numRuns: 40 });
  });

  it('counts a dead concept as not found again', () => {
    const result = stability(bank(2, 2, 0, 0, 0, 1), [bank(2, 2, 0, 1, 1, 0)]);
    expect(result.concepts).toEqual([
      { mean: 0, min: 0 },
      { mean: 1, min: 1 },
    ]);
  });

  it('has nothing unmatched for one concept, and tells opposite directions apart', () => {
    expect(stability(bank(1, 2, 1, 1), [bank(1, 2, -2, -2)])).toMatchObject({ unmatched: undefined });
    expect(stability(bank(1, 2, 1, 1), [bank(1, 2, -2, -2)]).mean).toBeCloseTo(-1, 7);
  });

  it('refuses nothing to compare with, and other shapes', () => {
    expect(() => stability(bank(1, 1, 1), [])).toThrow(
      'internal: stability: needs at least one bank to compare with',
    );
    expect(() => stability(bank(1, 2, 1, 1), [bank(2, 1, 1, 1)])).toThrow(
      'internal: stability: a bank of shape [2, 1], the reference has [1, 2]',
    );
  });
});
