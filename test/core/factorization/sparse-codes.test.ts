import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveNnls } from '../../../core/factorization/passive-set.ts';
import { codesOf } from '../../../core/factorization/sparse-codes.ts';
import { nnls } from '../../../core/factorization/nnls.ts';
import { gramOfRows } from '../../../core/linalg/gram.ts';
import { matrix, rowView, takeRows, type Matrix } from '../../../core/linalg/matrix.ts';
import { innerProduct, residualRow, squaredResidual } from '../../../core/linalg/norms.ts';
import { createRandom } from '../../../core/random.ts';

function noise(rows: number, cols: number, seed: number, isSigned = false): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => {
      const value = random.normal();
      return isSigned ? value : Math.max(0, value);
    }),
  );
}

/** Least ‖a - u·W‖² over all choices of `active` atoms. */
function bruteForce(a: Matrix, bank: Matrix, active: number): number {
  const choices = (from: number, left: number): number[][] =>
    left === 0
      ? [[]]
      : Array.from({ length: bank.rows - from }, (_, i) => from + i).flatMap((first) =>
          choices(first + 1, left - 1).map((rest) => [first, ...rest]),
        );
  return choices(0, active).reduce((least, atoms) => {
    const own = takeRows(bank, atoms);
    const correlation = Float64Array.from(atoms, (_, i) => innerProduct(rowView(own, i), a.data));
    const { x } = solveNnls(gramOfRows(own), correlation, active);
    return Math.min(least, squaredResidual(a, matrix(1, active, Float32Array.from(x)), own));
  }, Infinity);
}

const countOf = (row: Float32Array) => row.filter((value) => value > 0).length;

const PROBLEM = fc.record({
  n: fc.integer({ min: 1, max: 12 }),
  p: fc.integer({ min: 2, max: 16 }),
  r: fc.integer({ min: 1, max: 10 }),
  active: fc.integer({ min: 1, max: 10 }),
  isSigned: fc.boolean(),
  seed: fc.nat(),
});

describe('codesOf()', () => {
  it('takes the one atom that fits best where one is allowed', async () => {
    const bank = { ...matrix(3, 2, Float32Array.of(1, 0, 0, 1, 0.8, 0.6)), active: 1 };
    const { coefficients, support } = await codesOf(matrix(2, 2, Float32Array.of(4, 3, 0, 2)), bank);
    expect([...coefficients.data].map((value) => Number(value.toFixed(5)))).toEqual([0, 0, 5, 0, 2, 0]);
    expect([...support]).toEqual([0, 0, 1, 0, 1, 0]);
  });

  it('is exact non-negative least squares where the limit cannot bind, or there is none', async () => {
    const [a, w] = [noise(20, 9, 3, true), noise(6, 9, 4)];
    const exact = await nnls(a, w);
    expect((await codesOf(a, w)).coefficients).toEqual(exact.coefficients);
    expect((await codesOf(a, { ...w, active: 6 })).coefficients).toEqual(exact.coefficients);
  });

  it('is optimal on the atoms it chose, and leaves none out that would help while there is room', async () => {
    await fc.assert(
      fc.asyncProperty(PROBLEM, async ({ n, p, r, active, isSigned, seed }) => {
        const [a, w] = [noise(n, p, seed, isSigned), noise(r, p, seed + 1)];
        const { coefficients, support } = await codesOf(a, { ...w, active });
        const residual = new Float64Array(p);
        for (let row = 0; row < n; row++) {
          const own = rowView(coefficients, row);
          const scale = Math.sqrt(innerProduct(rowView(a, row), rowView(a, row))) + 1e-9;
          expect(own.every((value) => value >= 0)).toBe(true);
          expect(countOf(own)).toBeLessThanOrEqual(active);
          residualRow(a, coefficients, w, row, residual);
          for (let k = 0; k < r; k++) {
            const length = Math.sqrt(innerProduct(rowView(w, k), rowView(w, k))) + 1e-9;
            const slope = innerProduct(Float64Array.from(rowView(w, k)), residual) / (length * scale);
            expect(support[row * r + k]).toBe(own[k] > 0 ? 1 : 0);
            if (own[k] > 0) expect(Math.abs(slope)).toBeLessThan(1e-4);
            else if (countOf(own) < Math.min(active, r)) expect(slope).toBeLessThan(1e-3);
          }
        }
      }),
    );
  });

  it('comes within a few percent of the best choice of atoms, and mostly is it', async () => {
    let [same, ours, best] = [0, 0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const [a, w] = [noise(1, 12, 2 * seed + 1), noise(9, 12, 2 * seed + 2)];
      const { coefficients } = await codesOf(a, { ...w, active: 3 });
      const [found, least] = [squaredResidual(a, coefficients, w), bruteForce(a, w, 3)];
      expect(found).toBeGreaterThanOrEqual(least * (1 - 1e-5));
      same += found <= least * (1 + 1e-5) ? 1 : 0;
      ours += found;
      best += least;
    }
    expect(same).toBeGreaterThanOrEqual(45);
    expect(ours / best).toBeLessThan(1.03);
  });

  it('codes a row by itself as among others, twins and zeros notwithstanding', async () => {
    const [a, w] = [noise(6, 8, 11), noise(5, 8, 12)];
    a.data.fill(0, 0, 8);
    w.data.copyWithin(8, 0, 8);
    w.data.fill(0, 32, 40);
    const bank = { ...w, active: 2 };
    const { coefficients } = await codesOf(a, bank);
    expect(rowView(coefficients, 0).every((value) => value === 0)).toBe(true);
    for (let row = 0; row < 6; row++) {
      const alone = await codesOf(takeRows(a, [row]), bank);
      expect([...alone.coefficients.data]).toEqual([...rowView(coefficients, row)]);
      expect(rowView(coefficients, row)[0] * rowView(coefficients, row)[1]).toBe(0);
    }
  });

  it('refuses activations of another width', async () => {
    await expect(codesOf(noise(2, 3, 1), { ...noise(4, 5, 2), active: 2 })).rejects.toThrow(
      'nnls: activations have 3 channels, but the concept bank has 5',
    );
  });
});
