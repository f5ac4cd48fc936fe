import { describe, expect, it } from 'vitest';
import { choleskyFactor, choleskySolve } from '../../../core/linalg/cholesky.ts';
import { preciseGramOfColumns, gramOfRows } from '../../../core/linalg/gram.ts';
import { matrix, stackRows } from '../../../core/linalg/matrix.ts';
import { plainGemm } from '../../../core/linalg/plain-gemm.ts';
import { symmetricEigen } from '../../../core/linalg/symmetric-eigen.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';

function noise(rows: number, cols: number, seed: number) {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );
}

describe('stackRows()', () => {
  it('puts one below another, and refuses none', () => {
    const stacked = stackRows([
      matrix(1, 2, Float32Array.of(1, 2)),
      matrix(2, 2, Float32Array.of(3, 4, 5, 6)),
    ]);
    expect([stacked.rows, stacked.cols, ...stacked.data]).toEqual([3, 2, 1, 2, 3, 4, 5, 6]);
    expect(() => stackRows([])).toThrow('stackRows: needs at least one matrix');
  });
});

describe('choleskyFactor() and choleskySolve()', () => {
  it('solve a system worked by hand', () => {
    const a = Float64Array.of(4, 2, 2, 3);
    expect(choleskyFactor(a, 2)).toBe(true);
    const x = Float64Array.of(8, 7);
    choleskySolve(a, 2, x);
    // [4 2; 2 3]·[1.25; 1.5] = [8; 7], exact up to rounding in float64.
    expect(x).toBeAllclose([1.25, 1.5], { rtol: 1e-14 });
  });

  it('refuse a singular, an indefinite and a NaN matrix', () => {
    expect(choleskyFactor(Float64Array.of(1, 1, 1, 1), 2)).toBe(false);
    expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(choleskyFactor(Float64Array.of(NaN), 1)).toBe(false);
  });
});

describe('symmetricEigen()', () => {
  it('reconstructs the matrix from orthonormal vectors, largest value first', () => {
    const n = 12;
    const a = gramOfRows(noise(n, 8, 4));
    const { values, vectors } = symmetricEigen(a, n);
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
    const rebuilt = new Float64Array(n * n);
    const products = new Float64Array(n * n);
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          rebuilt[i * n + j] += values[k] * vectors[k * n + i] * vectors[k * n + j];
          products[i * n + j] += vectors[i * n + k] * vectors[j * n + k];
        }
      }
    }
    // Jacobi is accurate to a few roundings of the largest eigenvalue.
    expect(rebuilt).toBeAllclose(a, { atol: 1e-12 * values[0] });
    expect(products).toBeAllclose(
      Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
      {
        atol: 1e-13,
      },
    );
  });
});

describe('plainGemm', () => {
  it('agrees with the definition across block borders, and the Gram matrices with it', async () => {
    const a = noise(70, 300, 1);
    const b = noise(3, 300, 2);
    const c = noise(70, 4, 3);
    const bound = await plainGemm.bind(a);
    const product = await bound.timesTransposed(b);
    const other = await bound.transposedTimes(c);
    const dot = (length: number, term: (k: number) => number) =>
      Array.from({ length }, (_, k) => term(k)).reduce((sum, value) => sum + value, 0);
    const at = (i: number, j: number) => dot(300, (k) => a.data[i * 300 + k] * b.data[j * 300 + k]);
    // One rounding to float32 of a sum in float64.
    expect(product.data[65 * 3 + 2]).toBeCloseTo(at(65, 2), 4);
    expect(product.data[0]).toBeCloseTo(at(0, 0), 4);
    expect(other.data[300 + 299]).toBeCloseTo(
      dot(70, (i) => c.data[i * 4 + 1] * a.data[i * 300 + 299]),
      4,
    );
    expect(preciseGramOfColumns(transpose(b))).toBeAllclose(gramOfRows(b), { atol: 1e-10 });
    await expect(bound.timesTransposed(c)).rejects.toThrow('internal: timesTransposed');
  });
});
