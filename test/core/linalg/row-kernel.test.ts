import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweepRowsPlain } from '../../../core/factorization/hals.ts';
import { preciseGramOfColumns } from '../../../core/linalg/gram.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { rowKernel } from '../../../core/linalg/row-kernel.ts';
import { createRandom } from '../../../core/random.ts';

const kernel = rowKernel()!;

/** About half of the entries are zero. */
function halfZero(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => Math.max(0, random.normal())),
  );
}

const copy = ({ rows, cols, data }: Matrix) => matrix(rows, cols, data.slice());

/** Heights around the kernel's groups of 16 rows and chunks of 256, widths around its vectors of 4. */
const shape = fc.record({
  rows: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 250, max: 530 })),
  r: fc.integer({ min: 1, max: 13 }),
  seed: fc.nat(),
});

describe('rowKernel()', () => {
  it('descends as plain code does', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 4 }), ({ rows, r, seed }, sweeps) => {
        // Twice as many rows as components keep G far enough from singular for float32.
        const gram = preciseGramOfColumns(halfZero(2 * r + 4, r, seed));
        const correlation = halfZero(rows, r, seed + 1);
        const fast = halfZero(rows, r, seed + 2);
        const plain = copy(fast);
        const gradient = kernel.descendRows(fast, correlation, gram, sweeps);
        // Both round x to float32; the kernel also its gradients, of which the terms are about 10.
        expect([gradient]).toBeAllclose([sweepRowsPlain(plain, correlation, gram, sweeps)], { rtol: 1e-4 });
        expect(fast.data).toBeAllclose(plain.data, { rtol: 1e-4, atol: 1e-4 });
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('leaves a component alone whose direction is zero', () => {
    const x = matrix(1, 2, Float32Array.of(5, 7));
    kernel.descendRows(x, matrix(1, 2, Float32Array.of(6, 0)), Float64Array.of(2, 0, 0, 0), 2);
    expect([...x.data]).toEqual([3, 7]);
  });

  it('lets a NaN through, to be noticed in the loss', () => {
    const x = matrix(1, 1, Float32Array.of(1));
    kernel.descendRows(x, matrix(1, 1, Float32Array.of(NaN)), Float64Array.of(1), 1);
    expect([...x.data]).toEqual([NaN]);
  });

  it('multiplies columns with each other as float64 does, up to rounding', () => {
    fc.assert(
      fc.property(shape, ({ rows, r, seed }) => {
        const b = halfZero(rows, r, seed);
        // Sums of 256 non-negative products in float32.
        expect(kernel.gramOfColumns(b)).toBeAllclose(preciseGramOfColumns(b), { rtol: 1e-5 });
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('refuses a correlation of another shape', () => {
    expect(() => kernel.descendRows(matrix(2, 1), matrix(1, 1), new Float64Array(1), 1)).toThrow(
      'internal: descendRows: shapes differ',
    );
  });
});
