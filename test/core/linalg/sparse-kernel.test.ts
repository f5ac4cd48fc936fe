import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweepRows } from '../../../core/factorization/hals.ts';
import { gramOfColumns } from '../../../core/linalg/gram.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { plainGemm } from '../../../core/linalg/plain-gemm.ts';
import { sparseMatrix } from '../../../core/linalg/sparse-kernel.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';
import { createKernelThreads } from '../../../core/runtime/kernel-threads.ts';
import { inProcessThreads } from '../../fakes/in-process-threads.ts';

function randomMatrix(rows: number, cols: number, seed: number, density = 1): Matrix {
  const random = createRandom(seed);
  const entry = () => (random.uniform() < density ? random.normal() : 0);
  return matrix(rows, cols, Float32Array.from({ length: rows * cols }, entry));
}

const positive = ({ rows, cols, data }: Matrix): Matrix => matrix(rows, cols, data.map(Math.abs));

/** Widths around the kernel's blocks of 16 columns, heights around its chunks; densities with rows that are empty, and with none. */
const shape = fc.record({
  rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 250, max: 260 })),
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
        const [sparse, plain] = [sparseMatrix(a, 1, inProcessThreads(2))!, await plainGemm.bind(a)];
        // A wider product first, so that a later one finds its memory used.
        for (const width of [r + 3, r]) {
          const right = randomMatrix(width, cols, seed + 1);
          const left = randomMatrix(rows, width, seed + 2);
          // float32 sums of at most 260 products of normal deviates.
          const tolerance = { rtol: 2e-5, atol: 2e-5 };
          const times = await sparse.timesTransposed(right);
          const back = await sparse.transposedTimes(left);
          expect([times.rows, times.cols, back.rows, back.cols]).toEqual([rows, width, width, cols]);
          expect(times.data).toBeAllclose((await plain.timesTransposed(right)).data, tolerance);
          expect(back.data).toBeAllclose((await plain.transposedTimes(left)).data, tolerance);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('lets a NaN of A through, to be noticed in the loss', async () => {
    const sparse = sparseMatrix(matrix(1, 2, Float32Array.of(NaN, 0)), 1, inProcessThreads(1))!;
    expect([...(await sparse.timesTransposed(matrix(1, 2, Float32Array.of(1, 1)))).data]).toEqual([NaN]);
  });

  it('leaves a matrix of too many entries to dense products, and an empty one', () => {
    const half = matrix(2, 2, Float32Array.of(1, 0, 2, -0));
    const threads = inProcessThreads(2);
    expect(sparseMatrix(half, 0.5, threads)).toBeDefined();
    expect(sparseMatrix(half, 0.49, threads)).toBeUndefined();
    expect(sparseMatrix(half, 0.1, threads)).toBeUndefined();
    expect(sparseMatrix(matrix(0, 3), 1, threads)).toBeUndefined();
  });
});

describe('SparseMatrix.descendRows()', () => {
  const [rows, cols, r] = [600, 30, 7];
  const a = positive(randomMatrix(rows, cols, 1, 0.2));
  const bank = positive(randomMatrix(r, cols, 2));
  const gram = gramOfColumns(transpose(bank));
  const [from, before] = [3, 4].map((seed) => positive(randomMatrix(rows, r, seed)));

  /** What a product, sweeps and a look ahead give one after another. */
  async function inSteps(start: Matrix, old: Matrix, beta: number, sweeps = 4) {
    const u = matrix(rows, r, start.data.slice());
    const product = await sparseMatrix(a, 1, inProcessThreads(1))!.timesTransposed(bank);
    const projected = sweepRows(u, product, gram, sweeps);
    const ahead = u.data.map((value, k) => Math.max(value + beta * (value - old.data[k]), 0));
    return { u, ahead: matrix(rows, r, ahead), projected };
  }

  it.each([0, 0.7])('does in one what its steps do, to the last bit, with beta = %s', async (beta) => {
    const sparse = sparseMatrix(a, 1, inProcessThreads(2))!;
    const got = (await sparse.descendRows({ from, before, beta, bank, gram, sweeps: 4 }))!;
    const want = await inSteps(from, before, beta);
    expect(got.u.data).toEqual(want.u.data);
    expect(got.ahead.data).toEqual(want.ahead.data);
    expect(got.projected).toBe(want.projected);
    expect(got.gram).toEqual(gramOfColumns(want.ahead));
  });

  it('goes on from where it led, from a copy of it, or from elsewhere', async () => {
    const sparse = sparseMatrix(a, 1, inProcessThreads(2))!;
    const request = { beta: 0.5, bank, gram, sweeps: 2 };
    const first = (await sparse.descendRows({ ...request, from, before }))!;
    const copied = { ...first.ahead, data: first.ahead.data.slice() };
    const ownCopy = { ...first.u, data: first.u.data.slice() };
    const second = (await sparse.descendRows({ ...request, from: first.ahead, before: first.u }))!;
    const want = second.ahead.data.slice();
    const again = (await sparse.descendRows({ ...request, from: copied, before: ownCopy }))!;
    expect(again.ahead.data).toEqual(want);
    const elsewhere = (await sparse.descendRows({ ...request, from, before }))!;
    expect(elsewhere.u.data).toEqual((await inSteps(from, before, 0.5, 2)).u.data);
  });

  it('keeps what it was given while it takes the next step', async () => {
    const sparse = sparseMatrix(a, 1, inProcessThreads(1))!;
    const request = { beta: 0.5, bank, gram, sweeps: 2 };
    const { u, ahead } = (await sparse.descendRows({ ...request, from, before }))!;
    const [kept, keptAhead] = [u.data.slice(), ahead.data.slice()];
    await sparse.descendRows({ ...request, from: ahead, before: u });
    expect([u.data, ahead.data]).toEqual([kept, keptAhead]);
    expect((await sparse.transposedTimes(ahead)).data).toEqual(
      (await sparse.transposedTimes(matrix(rows, r, keptAhead))).data,
    );
  });

  it('gives the same bits on one thread and on several', async () => {
    const request = { from, before, beta: 0.3, bank, gram, sweeps: 4 };
    const results = await Promise.all(
      [1, 2, 5].map(async (count) => {
        const sparse = sparseMatrix(a, 1, createKernelThreads(count))!;
        const step = (await sparse.descendRows(request))!;
        const product = await sparse.transposedTimes(step.ahead);
        return { ...step, u: step.u.data.slice(), ahead: step.ahead.data.slice(), product };
      }),
    );
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});
