import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { excessKurtosis, hoyerSparsity, sparsityOfConcepts } from '../../../core/metrics/sparsity.ts';
import { createRandom } from '../../../core/random.ts';

const vector = fc
  .array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 30 })
  .filter((x) => x.some((value) => Math.abs(value) > 1e-3))
  .map((x) => Float64Array.from(x));

describe('hoyerSparsity', () => {
  it('runs from 0 for equal sizes to 1 for a single entry', () => {
    expect(hoyerSparsity(Float64Array.of(2, -2, 2, 2))).toBeCloseTo(0, 14);
    expect(hoyerSparsity(Float64Array.of(0, 0, -7, 0))).toBe(1);
    // (2 - 7 / 5) / (2 - 1) for (3, 4, 0, 0).
    expect(hoyerSparsity(Float64Array.of(3, 4, 0, 0))).toBeCloseTo(0.6, 14);
  });

  it('stays within 0 and 1 and ignores scale and order', () => {
    const property = fc.property(vector, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (x, scale) => {
      const sparsity = hoyerSparsity(x)!;
      expect(sparsity).toBeGreaterThanOrEqual(0);
      expect(sparsity).toBeLessThanOrEqual(1);
      expect(hoyerSparsity(x.map((value) => -scale * value).reverse())).toBeCloseTo(sparsity, 10);
    });
    fc.assert(property);
  });

  it('does not overflow, and is undefined for zeros and for one entry', () => {
    expect(hoyerSparsity(Float64Array.of(1e300, 0))).toBe(1);
    expect(hoyerSparsity(new Float64Array(4))).toBeUndefined();
    expect(hoyerSparsity(Float64Array.of(3))).toBeUndefined();
    expect(hoyerSparsity(new Float64Array(0))).toBeUndefined();
  });
});

describe('excessKurtosis', () => {
  it('is -2 for two equal halves, -1.2 for a uniform and 0 for a normal distribution', () => {
    expect(excessKurtosis(Float64Array.of(1, 5, 1, 5))).toBeCloseTo(-2, 12);
    const random = createRandom(1);
    // Standard error sqrt(24 / n) = 0.015 for the normal, smaller for the uniform.
    expect(excessKurtosis(Float64Array.from({ length: 100_000 }, () => random.uniform()))).toBeCloseTo(
      -1.2,
      1,
    );
    expect(excessKurtosis(Float64Array.from({ length: 100_000 }, () => random.normal()))).toBeCloseTo(0, 1);
  });

  it('is that of a Bernoulli variable for a rare concept: (1 - 6 q (1 - q)) / (q (1 - q))', () => {
    const rare = new Float64Array(50).fill(4, 0, 1);
    const spread = 0.02 * 0.98;
    expect(excessKurtosis(rare)).toBeCloseTo((1 - 6 * spread) / spread, 8);
  });

  it('is undefined when all entries are equal, whatever their size', () => {
    for (const value of [0, 0.1, 1e20])
      expect(excessKurtosis(new Float64Array(7).fill(value))).toBeUndefined();
    expect(excessKurtosis(new Float64Array(0))).toBeUndefined();
  });
});

describe('sparsityOfConcepts', () => {
  it('reads columns', () => {
    const [rare, dead] = sparsityOfConcepts([
      matrix(1, 2, Float32Array.of(0, 0)),
      matrix(3, 2, Float32Array.of(0, 0, 5, 0, 0, 0)),
    ]);
    expect(rare.hoyer).toBe(1);
    expect(rare.kurtosis).toBeCloseTo(-2 / 3, 10);
    expect(dead).toEqual({ hoyer: undefined, kurtosis: undefined });
  });
});
