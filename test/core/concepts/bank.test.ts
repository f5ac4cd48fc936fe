import { describe, expect, it } from 'vitest';
import { buildBank } from '../../../core/concepts/bank.ts';
import { mergeDuplicates } from '../../../core/concepts/merge-duplicates.ts';
import { reconstruct } from '../../../core/concepts/reconstruct.ts';
import { matrix, rowView, type Matrix } from '../../../core/linalg/matrix.ts';
import { innerProduct } from '../../../core/linalg/norms.ts';
import { plainGemm } from '../../../core/linalg/plain-gemm.ts';
import { createRandom } from '../../../core/random.ts';

/** Rows [n, p] that are mixtures of `rank` non-negative directions. */
function mixtures(rank: number, rows = 60, cols = 20): Matrix {
  const random = createRandom(rank);
  const draw = (count: number) => Float32Array.from({ length: count }, () => Math.max(0, random.normal()));
  return reconstruct(matrix(rows, rank, draw(rows * rank)), matrix(rank, cols, draw(rank * cols)));
}

function largestCosine(bank: Matrix): number {
  const pairs = Array.from({ length: bank.rows }, (_, i) =>
    Array.from({ length: i }, (_, j) => innerProduct(rowView(bank, i), rowView(bank, j))),
  ).flat();
  return Math.max(-1, ...pairs);
}

describe('buildBank()', () => {
  it.each([
    [1, 3],
    [2, 4],
  ])('of data of rank %i gives no concept twice, when %i are asked for', async (rank, asked) => {
    const rows = mixtures(rank);
    const { coefficients, conceptBank } = await buildBank(rows, asked, { gemm: plainGemm });
    expect(largestCosine(conceptBank)).toBeLessThan(0.9999);
    expect(conceptBank.rows).toBeGreaterThanOrEqual(rank);
    expect(conceptBank.rows).toBeLessThan(asked);
    expect(coefficients.cols).toBe(conceptBank.rows);
    expect(reconstruct(coefficients, conceptBank).data).toBeCloseInNorm(rows.data, 1e-2);
  });

  it('of sparse kind limits how many concepts a row has, and may have more than channels', async () => {
    const { coefficients, conceptBank } = await buildBank(mixtures(8), 24, { gemm: plainGemm, active: 3 });
    expect(conceptBank.active).toBe(3);
    expect(conceptBank.rows).toBeGreaterThan(20);
    for (let row = 0; row < coefficients.rows; row++) {
      expect(rowView(coefficients, row).filter((amount) => amount > 0).length).toBeLessThanOrEqual(3);
    }
    expect((await buildBank(mixtures(8), 'auto', { gemm: plainGemm, active: 3 })).conceptBank.active).toBe(3);
  });

  it('gives as many as are asked for where the data has them', async () => {
    expect((await buildBank(mixtures(8), 6, { gemm: plainGemm })).conceptBank.rows).toBe(6);
  });
});

describe('mergeDuplicates()', () => {
  it('adds the coefficients of one direction, leaves out what is never used, and keeps the order', () => {
    const conceptBank = matrix(4, 2, Float32Array.of(1, 0, 0, 1, 1, 0, 0.6, 0.8));
    const coefficients = matrix(2, 4, Float32Array.of(1, 2, 3, 0, 4, 5, 6, 0));
    const merged = mergeDuplicates({ coefficients, conceptBank });
    expect([...merged.conceptBank.data]).toEqual([0, 1, 1, 0]);
    expect([...merged.coefficients.data]).toEqual([2, 4, 5, 10]);
  });

  it('leaves one concept of a bank that is never used', () => {
    const none = { coefficients: matrix(2, 3), conceptBank: matrix(3, 2) };
    expect(mergeDuplicates(none).conceptBank.rows).toBe(1);
  });
});
