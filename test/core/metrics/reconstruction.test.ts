import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { reconstructionError } from '../../../core/metrics/reconstruction.ts';
import { createRandom } from '../../../core/random.ts';

const filled = (rows: number, cols: number, draw: () => number): ReturnType<typeof matrix> =>
  matrix(rows, cols, Float32Array.from({ length: rows * cols }, draw));

describe('reconstructionError', () => {
  it('follows its definition on numbers worked by hand', () => {
    // A = [[1, 2], [3, 4]], UW = [[1, 2], [2, 4]]: residual 1, ‖A‖² = 30, channel means [2, 3], variation 4.
    const a = matrix(2, 2, Float32Array.of(1, 2, 3, 4));
    const { r2, relativeError } = reconstructionError(
      a,
      matrix(2, 1, Float32Array.of(1, 2)),
      matrix(1, 2, Float32Array.of(1, 2)),
    );
    expect(r2).toBe(0.75);
    expect(relativeError).toBeCloseTo(Math.sqrt(1 / 30), 14);
  });

  it('gives 0 to a reconstruction by the channel means and less to a worse one', () => {
    const a = matrix(3, 2, Float32Array.of(0, 6, 3, 0, 6, 0));
    const ones = matrix(3, 1, Float32Array.of(1, 1, 1));
    expect(reconstructionError(a, ones, matrix(1, 2, Float32Array.of(3, 2))).r2).toBe(0);
    expect(reconstructionError(a, ones, matrix(1, 2, Float32Array.of(9, 9))).r2).toBeLessThan(0);
    expect(reconstructionError(a, ones, matrix(1, 2)).relativeError).toBe(1);
  });

  it('agrees with forming UW whole', () => {
    const agree = fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      (seed, n, p, r) => {
        const random = createRandom(seed);
        const [a, u, w] = [
          filled(n, p, () => random.uniform()),
          filled(n, r, () => random.uniform()),
          filled(r, p, () => random.normal()),
        ];
        let [residual, total, variation] = [0, 0, 0];
        for (let j = 0; j < p; j++) {
          const channel = Array.from({ length: n }, (_, i) => a.data[i * p + j]);
          const mean = channel.reduce((sum, x) => sum + x, 0) / n;
          channel.forEach((x, i) => {
            let product = 0;
            for (let c = 0; c < r; c++) product += u.data[i * r + c] * w.data[c * p + j];
            residual += (x - product) ** 2;
            total += x ** 2;
            variation += (x - mean) ** 2;
          });
        }
        const { r2, relativeError } = reconstructionError(a, u, w);
        // Sums in another order; r2 may be a large negative number.
        expect([r2, relativeError]).toBeAllclose([1 - residual / variation, Math.sqrt(residual / total)], {
          rtol: 1e-10,
          atol: 1e-10,
        });
      },
    );
    fc.assert(agree);
  });

  it('keeps the digits of a nearly perfect reconstruction', () => {
    const a = matrix(2, 1, Float32Array.of(1 + 2 ** -20, 1));
    const u = matrix(2, 1, Float32Array.of(1, 1));
    const w = matrix(1, 1, Float32Array.of(1));
    // The residual is exactly 2^-20; a difference of squared norms would have lost half its digits.
    expect(reconstructionError(a, u, w).relativeError / 2 ** -20).toBeCloseTo(Math.SQRT1_2, 5);
  });

  it('stays finite for activations that are zero or do not vary', () => {
    const [u, w] = [matrix(3, 1, Float32Array.of(1, 1, 1)), matrix(1, 2, Float32Array.of(0.1, 0.3))];
    const constant = matrix(3, 2, Float32Array.of(0.1, 0.3, 0.1, 0.3, 0.1, 0.3));
    expect(reconstructionError(constant, u, w)).toEqual({ r2: 1, relativeError: 0 });
    expect(reconstructionError(constant, u, matrix(1, 2)).r2).toBe(0);
    expect(reconstructionError(matrix(3, 2), u, matrix(1, 2))).toEqual({ r2: 1, relativeError: 0 });
    expect(reconstructionError(matrix(3, 2), u, w)).toEqual({ r2: 0, relativeError: 1 });
  });

  it('refuses shapes that do not fit', () => {
    expect(() => reconstructionError(matrix(3, 4), matrix(3, 2), matrix(2, 5))).toThrow(
      'internal: reconstructionError: [3, 4] is not approximated by [3, 2] · [2, 5]',
    );
  });
});
