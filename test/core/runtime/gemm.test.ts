import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import type { SessionFactory } from '../../../core/platform.ts';
import { createRandom } from '../../../core/random.ts';
import { createGemm } from '../../../core/runtime/gemm.ts';
import { createSessionFactory } from '../../../core/runtime/session.ts';

const cpu = createSessionFactory({ device: 'cpu', threads: 1 });

/** Sessions that compute on the CPU and say they are elsewhere, so that A becomes a constant of the model. */
function elsewhere(opened: { count: number; open: number }): SessionFactory {
  return {
    device: 'webgpu',
    async open(model) {
      const session = await cpu.open(model);
      opened.count++;
      opened.open++;
      return { ...session, device: 'webgpu', dispose: () => ((opened.open -= 1), session.dispose()) };
    },
  };
}

function randomMatrix(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );
}

function plainTimesTransposed(a: Matrix, b: Matrix): Float64Array {
  const result = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++)
      for (let k = 0; k < a.cols; k++)
        result[i * b.rows + j] += a.data[i * a.cols + k] * b.data[j * a.cols + k];
  return result;
}

function transpose({ rows, cols, data }: Matrix): Matrix {
  const result = matrix(cols, rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) result.data[j * rows + i] = data[i * cols + j];
  return result;
}

/** The same with nine in ten entries zero, as behind a ReLU. */
function sparse(dense: Matrix): Matrix {
  return { ...dense, data: dense.data.map((value, index) => (index % 10 === 3 ? value : 0)) };
}

const dense = randomMatrix(37, 19, 1);
const right = randomMatrix(5, 19, 2);
const left = randomMatrix(37, 5, 3);
const opened = { count: 0, open: 0 };

describe.each([
  ['fed to the product', createGemm(cpu), dense],
  ['by its entries', createGemm(cpu), sparse(dense)],
  ['as a constant, in blocks of 4 rows', createGemm(elsewhere(opened), { blockBytes: 4 * 19 * 4 }), dense],
  ['as one constant', createGemm(elsewhere(opened)), dense],
])('createGemm() with A %s', (_, gemm, a) => {
  // float32 sums of at most 37 products of normal deviates.
  const tolerance = { rtol: 1e-5, atol: 1e-5 };

  it('computes A Bᵀ', async () => {
    const bound = await gemm.bind(a);
    const product = await bound.timesTransposed(right);
    expect([product.rows, product.cols]).toEqual([37, 5]);
    expect(product.data).toBeAllclose(plainTimesTransposed(a, right), tolerance);
  });

  it('computes Bᵀ A', async () => {
    const bound = await gemm.bind(a);
    const product = await bound.transposedTimes(left);
    expect([product.rows, product.cols]).toEqual([5, 19]);
    expect(product.data).toBeAllclose(plainTimesTransposed(transpose(left), transpose(a)), tolerance);
  });

  it('takes operands that are views into larger arrays', async () => {
    const wide = new Float32Array(19 * 7).fill(NaN);
    wide.set(right.data, 19);
    const view = matrix(5, 19, wide.subarray(19, 19 * 6));
    const product = await (await gemm.bind(a)).timesTransposed(view);
    expect(product.data).toBeAllclose(plainTimesTransposed(a, right), tolerance);
  });

  it('keeps two bound matrices apart', async () => {
    const [first, second] = [await gemm.bind(a), await gemm.bind(randomMatrix(3, 19, 4))];
    expect((await second.timesTransposed(right)).rows).toBe(3);
    expect((await first.timesTransposed(right)).rows).toBe(37);
  });

  it('gives zeros where a dimension is empty', async () => {
    const none = await gemm.bind(matrix(0, 19));
    expect(await none.transposedTimes(matrix(0, 5))).toEqual(matrix(5, 19));
    expect(await none.timesTransposed(right)).toEqual(matrix(0, 5));
    expect(await (await gemm.bind(a)).timesTransposed(matrix(0, 19))).toEqual(matrix(37, 0));
  });

  it('refuses operands that do not fit', async () => {
    const bound = await gemm.bind(a);
    await expect(bound.timesTransposed(left)).rejects.toThrow('A · Bᵀ needs B of 19 columns, got 5');
    await expect(bound.transposedTimes(right)).rejects.toThrow('Bᵀ · A needs B of 37 rows, got 5');
  });
});

describe('BoundMatrix.dispose()', () => {
  it('releases every session of a constant matrix', async () => {
    const counts = { count: 0, open: 0 };
    const bound = await createGemm(elsewhere(counts), { blockBytes: 4 * 19 * 10 }).bind(dense);
    // Two for the fed products, then two for each of the four blocks.
    expect(counts).toEqual({ count: 10, open: 10 });
    await bound.dispose();
    expect(counts.open).toBe(2);
  });
});
