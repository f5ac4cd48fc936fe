import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactorizationOptions } from '../../../core/factorization/factorization.ts';
import { nmf } from '../../../core/factorization/nmf.ts';
import { matchRows } from '../../../core/factorization/match-rows.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { squaredResidual, squaredRowNorms } from '../../../core/linalg/norms.ts';
import { plainGemm, timesTransposed } from '../../../core/linalg/plain-gemm.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';
import { createGemm } from '../../../core/runtime/gemm.ts';
import { createSessionFactory } from '../../../core/runtime/session.ts';

const run = (activations: Matrix, options: Omit<FactorizationOptions, 'gemm'>) =>
  nmf(activations, { gemm: plainGemm, ...options });

function positiveNoise(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => Math.max(0, random.normal())),
  );
}

/** Separable data: every concept has channels and rows of its own, so that the factors are unique. */
function separable(n: number, r: number, p: number, seed: number) {
  const u = positiveNoise(n, r, seed);
  const w = positiveNoise(r, p, seed + 1);
  for (let k = 0; k < r; k++) {
    for (let j = 0; j < r; j++) {
      u.data[k * r + j] = k === j ? 1 : 0;
      w.data[k * p + j] = k === j ? 1 : 0;
    }
  }
  return { u, w, a: timesTransposed(u, transpose(w)) };
}

const increases = (losses: readonly number[]) => losses.filter((loss, i) => i > 0 && loss > losses[i - 1]);

describe('nmf() of sparse activations', () => {
  it('gives the same bits on any number of threads, and what plain products give', async () => {
    const { a } = separable(700, 4, 60, 5);
    for (let k = 0; k < a.data.length; k++) if (k % 7 !== 0) a.data[k] = 0;
    const on = (threads: number) =>
      nmf(a, { nComponents: 4, gemm: createGemm(createSessionFactory({ device: 'cpu', threads })) });
    const [one, two, three] = [await on(1), await on(2), await on(3)];
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    const plain = await run(a, { nComponents: 4 });
    expect(one.stats.relativeError).toBeCloseTo(plain.stats.relativeError, 4);
  });
});

describe('nmf()', () => {
  it('recovers the factors of separable data up to order and scale', async () => {
    const { a, w } = separable(120, 5, 40, 7);
    const found = await run(a, { nComponents: 5, maxIter: 2000 });
    expect(found.status).toBe('converged');
    expect(found.stats.relativeError).toBeLessThan(1e-3);
    for (const similarity of matchRows(found.conceptBank, w).similarities)
      expect(similarity).toBeGreaterThan(0.9999);
  });

  it('never lets the loss rise, keeps factors non-negative and bank rows at unit length', async () => {
    const problem = fc.record({
      n: fc.integer({ min: 2, max: 40 }),
      p: fc.integer({ min: 2, max: 40 }),
      r: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(problem, async ({ n, p, r, seed }) => {
        const a = positiveNoise(n, p, seed);
        const { coefficients, conceptBank, stats } = await run(a, { nComponents: Math.min(n, p, r), seed });
        expect(increases(stats.losses)).toEqual([]);
        expect(coefficients.data.every((value) => value >= 0)).toBe(true);
        expect(conceptBank.data.every((value) => value >= 0)).toBe(true);
        // Unit length in float32; a concept that nothing needs stays zero.
        for (const norm of squaredRowNorms(conceptBank)) if (norm > 0) expect(norm).toBeCloseTo(1, 5);
        const error = Math.sqrt(squaredResidual(a, coefficients, conceptBank));
        const norm = Math.sqrt(squaredRowNorms(a).reduce((sum, value) => sum + value, 0));
        // The loss comes from float32 products, whose rounding shows when the fit is nearly exact.
        if (norm > 0) expect(stats.relativeError).toBeCloseTo(error / norm, 3);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('gives the same bytes for the same seed', async () => {
    const a = positiveNoise(60, 30, 5);
    const [first, second] = [
      await run(a, { nComponents: 6, seed: 9 }),
      await run(a, { nComponents: 6, seed: 9 }),
    ];
    expect(first).toEqual(second);
  });

  it('finds nothing more than the data holds when asked for more concepts', async () => {
    const { a } = separable(60, 3, 20, 11);
    const { stats, status } = await run(a, { nComponents: 6, maxIter: 1000 });
    expect(status).toBe('converged');
    expect(stats.relativeError).toBeLessThan(2e-3);
  });

  it('handles a single entry, a single row and a single channel', async () => {
    const one = await run(matrix(1, 1, Float32Array.of(3)), { nComponents: 1 });
    expect([...one.coefficients.data, ...one.conceptBank.data]).toEqual([3, 1]);
    const row = await run(matrix(1, 3, Float32Array.of(0, 3, 4)), { nComponents: 1 });
    expect(row.conceptBank.data).toBeAllclose([0, 0.6, 0.8], { rtol: 1e-6 });
    const column = await run(matrix(3, 1, Float32Array.of(0, 3, 4)), { nComponents: 1 });
    expect(column.coefficients.data).toBeAllclose([0, 3, 4], { rtol: 1e-6 });
  });

  it('says that all activations are zero instead of dividing by nothing', async () => {
    const { status, coefficients, conceptBank, stats } = await run(matrix(4, 5), { nComponents: 2 });
    expect(status).toBe('all-zero');
    expect([...coefficients.data, ...conceptBank.data].every((value) => value === 0)).toBe(true);
    expect(stats.relativeError).toBe(0);
  });

  it('says when it ran out of iterations', async () => {
    const { status, stats } = await run(positiveNoise(40, 30, 1), { nComponents: 5, maxIter: 2 });
    expect(status).toBe('max-iter-reached');
    expect(stats.losses).toHaveLength(2);
  });

  it('reports every iteration and stops when its signal is aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const promise = run(positiveNoise(40, 30, 1), {
      nComponents: 5,
      signal: controller.signal,
      onIteration: (iteration) => {
        seen.push(iteration);
        if (iteration === 3) controller.abort();
      },
    });
    await expect(promise).rejects.toThrow();
    expect(seen).toEqual([1, 2, 3]);
  });

  it('names the first entry that is negative or not finite', async () => {
    const negative = matrix(2, 3, Float32Array.of(0, 1, 2, 3, -0.5, 5));
    await expect(run(negative, { nComponents: 1 })).rejects.toThrow(
      'nmf: activations must be >= 0, got -0.5 at row 1, column 1',
    );
    const infinite = matrix(2, 3, Float32Array.of(0, 1, Infinity, 3, -0.5, 5));
    await expect(run(infinite, { nComponents: 1 })).rejects.toThrow(
      'nmf: activations must be finite, got Infinity at row 0, column 2',
    );
  });

  it.each([0, 4, 1.5, NaN])('refuses %s concepts for activations of shape [5, 3]', async (nComponents) => {
    await expect(run(positiveNoise(5, 3, 1), { nComponents })).rejects.toThrow(
      `nmf: the number of concepts must be a whole number from 1 to 3 for activations of shape [5, 3], got ${nComponents}`,
    );
  });

  it('refuses a negative tolerance and no iterations at all', async () => {
    const a = positiveNoise(5, 3, 1);
    await expect(run(a, { nComponents: 1, tol: -1 })).rejects.toThrow(
      'nmf: tol must be a number >= 0, got -1',
    );
    await expect(run(a, { nComponents: 1, maxIter: 0 })).rejects.toThrow(
      'nmf: maxIter must be a whole number above 0, got 0',
    );
  });
});
