import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { plainGemm } from '../../../core/linalg/plain-gemm.ts';
import { sparseMatrix } from '../../../core/linalg/sparse-kernel.ts';
import { createRandom } from '../../../core/random.ts';

function randomMatrix(rows: number, cols: number, seed: number, density = 1): Matrix {
  const random = createRandom(seed);
  const entry = () => (random.uniform() < density ? random.normal() : 0);
  return matrix(rows, cols, Float32Array.from({ length: rows * cols }, entry));
}

/** Widths around the kernel's blocks of 16 columns; densities with rows that are empty, and with none. */
const shape = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  cols: fc.integer({ min: 1, max: 40 }),
  r: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 14, max: 36 })),
  density: fc.constantFrom(0, 0.02, 0.2, 1),
  seed: fc.nat(),
});

describe('sparseMatrix()', () => {
  it('multiplies as plain code does, again and again', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ({ rows, cols, r, density, seed }) => {
        const a = randomMatrix(rows, cols, seed, density);
        const [sparse, plain] = [sparseMatrix(a, 1)!, await plainGemm.bind(a)];
        // A wider product first, so that a later one finds its memory used.
        for (const width of [r + 3, r]) {
          const right = randomMatrix(width, cols, seed + 1);
          const left = randomMatrix(rows, width, seed + 2);
          // float32 sums of at most 40 products of normal deviates.
          const tolerance = { rtol: 1e-5, atol: 1e-5 };
          const [times, back] = [sparse.timesTransposed(right), sparse.transposedTimes(left)];
          expect([times.rows, times.cols, back.rows, back.cols]).toEqual([rows, width, width, cols]);
          expect(times.data).toBeAllclose((await plain.timesTransposed(right)).data, tolerance);
          expect(back.data).toBeAllclose((await plain.transposedTimes(left)).data, tolerance);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('lets a NaN of A through, to be noticed in the loss', () => {
    const sparse = sparseMatrix(matrix(1, 2, Float32Array.of(NaN, 0)), 1)!;
    expect([...sparse.timesTransposed(matrix(1, 2, Float32Array.of(1, 1))).data]).toEqual([NaN]);
  });

  it('leaves a matrix of too many entries to dense products, and an empty one', () => {
    const half = matrix(2, 2, Float32Array.of(1, 0, 2, 0));
    expect(sparseMatrix(half, 0.5)).toBeDefined();
    expect(sparseMatrix(half, 0.49)).toBeUndefined();
    expect(sparseMatrix(matrix(0, 3), 1)).toBeUndefined();
  });
});
