import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRows } from '../../../core/factorization/match-rows.ts';
import { semiNmf } from '../../../core/factorization/semi-nmf.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { squaredRowNorms } from '../../../core/linalg/norms.ts';
import { plainGemm, timesTransposed } from '../../../core/linalg/plain-gemm.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';

const gemm = plainGemm;

function noise(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );
}

describe('semiNmf()', () => {
  it('finds the signed directions of rows that hold one concept each', async () => {
    const directions = noise(4, 30, 3);
    const u = matrix(200, 4);
    const random = createRandom(5);
    for (let row = 0; row < 200; row++) u.data[row * 4 + (row % 4)] = 1 + random.uniform();
    const a = timesTransposed(u, transpose(directions));
    const found = await semiNmf(a, { nComponents: 4, gemm });
    expect(found.stats.relativeError).toBeLessThan(1e-3);
    for (const cosine of matchRows(found.conceptBank, directions).similarities)
      expect(cosine).toBeGreaterThan(0.9999);
  });

  it('never lets the loss rise, keeps coefficients non-negative and bank rows at unit length', async () => {
    const problem = fc.record({
      n: fc.integer({ min: 2, max: 40 }),
      p: fc.integer({ min: 2, max: 40 }),
      r: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(problem, async ({ n, p, r, seed }) => {
        const found = await semiNmf(noise(n, p, seed), { nComponents: Math.min(n, p, r), gemm, seed });
        const { losses } = found.stats;
        expect(losses.filter((loss, i) => i > 0 && loss > losses[i - 1])).toEqual([]);
        expect(found.coefficients.data.every((value) => value >= 0)).toBe(true);
        for (const norm of squaredRowNorms(found.conceptBank)) if (norm > 0) expect(norm).toBeCloseTo(1, 5);
        expect(found.stats.relativeError).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  it('gives the same bytes for the same seed', async () => {
    const a = noise(50, 20, 1);
    const options = { nComponents: 5, gemm, seed: 6 };
    expect(await semiNmf(a, options)).toEqual(await semiNmf(a, options));
  });

  it('names an entry that is not finite and says that all activations are zero', async () => {
    const a = matrix(1, 2, Float32Array.of(-1, NaN));
    await expect(semiNmf(a, { nComponents: 1, gemm })).rejects.toThrow(
      'semiNmf: activations must be finite, got NaN at row 0, column 1',
    );
    expect((await semiNmf(matrix(3, 3), { nComponents: 2, gemm })).status).toBe('all-zero');
  });
});
