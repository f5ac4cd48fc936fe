import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRows } from '../../../core/factorization/match-rows.ts';
import { codesOf } from '../../../core/factorization/sparse-codes.ts';
import {
  sparseDictionary,
  type SparseDictionaryOptions,
} from '../../../core/factorization/sparse-dictionary.ts';
import { matrix, rowView, type Matrix } from '../../../core/linalg/matrix.ts';
import { squaredResidual, squaredRowNorms } from '../../../core/linalg/norms.ts';
import { plainGemm, timesTransposed } from '../../../core/linalg/plain-gemm.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';

const run = (activations: Matrix, options: Omit<SparseDictionaryOptions, 'gemm'>) =>
  sparseDictionary(activations, { gemm: plainGemm, ...options });

function noise(rows: number, cols: number, seed: number, isSigned: boolean): Matrix {
  const random = createRandom(seed);
  const draw = () => (isSigned ? random.normal() : Math.max(0, random.normal()));
  return matrix(rows, cols, Float32Array.from({ length: rows * cols }, draw));
}

/** Rows made of `active` of K atoms each. */
function planted(n: number, atoms: number, p: number, active: number, seed: number) {
  const random = createRandom(seed);
  const w = matrix(atoms, p);
  for (let k = 0; k < atoms; k++) {
    for (let j = 0; j < 4; j++) w.data[k * p + random.integer(p)] = 0.5 + random.uniform();
  }
  const u = matrix(n, atoms);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < active; i++) u.data[row * atoms + random.integer(atoms)] = 1 + random.uniform();
  }
  return { w, a: timesTransposed(u, transpose(w)) };
}

describe('sparseDictionary()', () => {
  it('finds atoms again that rows were made of', async () => {
    const { a, w } = planted(600, 16, 40, 2, 5);
    const { conceptBank, stats, status } = await run(a, { nComponents: 16, active: 2, maxIter: 100 });
    expect(status).toBe('converged');
    const { similarities } = matchRows(w, conceptBank);
    expect(similarities.filter((cosine) => cosine > 0.98).length).toBeGreaterThanOrEqual(14);
    expect(stats.relativeError).toBeLessThan(0.2);
  });

  it('never lets the loss rise; codes are few and not negative, atoms of unit length', async () => {
    const problem = fc.record({
      n: fc.integer({ min: 2, max: 50 }),
      p: fc.integer({ min: 2, max: 20 }),
      atoms: fc.integer({ min: 1, max: 12 }),
      active: fc.integer({ min: 1, max: 6 }),
      isSigned: fc.boolean(),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(problem, async ({ n, p, atoms, active, isSigned, seed }) => {
        const a = noise(n, p, seed, isSigned);
        const nComponents = Math.min(n, atoms);
        const found = await run(a, { nComponents, active, seed });
        const { coefficients, conceptBank, stats } = found;
        expect(stats.losses.filter((loss, i) => i > 0 && loss > stats.losses[i - 1])).toEqual([]);
        for (const norm of squaredRowNorms(conceptBank)) {
          if (norm > 0) expect(norm).toBeCloseTo(1, 4);
        }
        if (!isSigned) expect(conceptBank.data.every((value) => value >= 0)).toBe(true);
        for (let row = 0; row < n; row++) {
          const own = rowView(coefficients, row);
          expect(own.every((value) => value >= 0)).toBe(true);
          expect(own.filter((value) => value > 0).length).toBeLessThanOrEqual(active);
        }
        const again = await codesOf(a, { ...conceptBank, active }, { gemm: plainGemm });
        expect(coefficients).toEqual(again.coefficients);
        const squared = squaredRowNorms(a).reduce((sum, norm) => sum + norm, 0);
        expect(stats.relativeError ** 2 * squared).toBeCloseTo(
          squaredResidual(a, coefficients, conceptBank),
          3,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('puts atoms that no row uses where rows are explained worst', async () => {
    // Two thirds of the rows are one direction, so that the start spends atoms on it; six others are rare.
    const a = matrix(300, 8);
    for (let row = 0; row < 300; row++) a.data[row * 8 + (row < 290 ? 0 : 1 + (row % 7))] = 1;
    const { stats, conceptBank } = await run(a, { nComponents: 8, active: 1 });
    expect(stats.relativeError).toBeLessThan(1e-3);
    expect(conceptBank.rows).toBe(8);
  });

  it('gives the same for the same seed, and for zeros zeros', async () => {
    const a = noise(60, 10, 9, false);
    const options = { nComponents: 6, active: 2, seed: 4 };
    expect(await run(a, options)).toEqual(await run(a, options));
    const zero = await run(matrix(5, 3), { nComponents: 2, active: 1 });
    expect(zero.status).toBe('all-zero');
    expect(zero.coefficients.data.every((value) => value === 0)).toBe(true);
  });

  it('says what is wrong with what is asked for', async () => {
    const a = noise(5, 3, 1, false);
    await expect(run(a, { nComponents: 6, active: 1 })).rejects.toThrow(
      'sparseDictionary: the number of concepts must be a whole number from 1 to 5 for activations of shape [5, 3], got 6',
    );
    await expect(run(a, { nComponents: 2, active: 0 })).rejects.toThrow(
      'sparseDictionary: the number of concepts active in a row must be a whole number from 1 to 2',
    );
    a.data[4] = NaN;
    await expect(run(a, { nComponents: 2, active: 1 })).rejects.toThrow(
      'sparseDictionary: activations must be finite, got NaN at row 1, column 1',
    );
    await expect(
      run(noise(5, 3, 1, false), {
        nComponents: 2,
        active: 1,
        signal: AbortSignal.abort(new Error('enough')),
      }),
    ).rejects.toThrow('enough');
  });
});
