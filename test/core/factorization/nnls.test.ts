import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nnls } from '../../../core/factorization/nnls.ts';
import { createPassiveSetSolver, solveNnls } from '../../../core/factorization/passive-set.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { timesTransposed } from '../../../core/linalg/plain-gemm.ts';
import { gramOfRows } from '../../../core/linalg/gram.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';
import { readSafetensors } from './read-safetensors.ts';

interface NdArray {
  shape: number[];
  data: number[];
}
interface GoldenCase {
  id: string;
  flag: string | null;
  inputs: { a: NdArray; W: NdArray };
  solution: NdArray;
  support: NdArray;
}

const root = join(import.meta.dirname, '../../..');
const golden = JSON.parse(readFileSync(join(root, 'test/fixtures/implicit/nnls.json'), 'utf8')) as {
  cases: GoldenCase[];
};

function productsOf({ a, W }: GoldenCase['inputs']) {
  const [r, p] = W.shape;
  const gram = new Float64Array(r * r);
  const correlation = new Float64Array(r);
  for (let i = 0; i < r; i++) {
    for (let k = 0; k < p; k++) correlation[i] += W.data[i * p + k] * a.data[k];
    for (let j = 0; j < r; j++) {
      for (let k = 0; k < p; k++) gram[i * r + j] += W.data[i * p + k] * W.data[j * p + k];
    }
  }
  return { gram, correlation, r };
}

const indicesOf = (support: Uint8Array): number[] =>
  Array.from(support.keys()).filter((k) => support[k] === 1);

describe('solveNnls()', () => {
  it.each(golden.cases.map((item) => [item.id, item] as const))('equals the reference on %s', (_, item) => {
    const { gram, correlation, r } = productsOf(item.inputs);
    const solution = solveNnls(gram, correlation, r);
    expect(solution.isOptimal).toBe(true);
    // The reference's own accuracy; the collinear case squares a condition number of 2e7.
    const atol = item.id.includes('collinear') ? 1e-6 : 1e-8;
    expect(solution.x).toBeAllclose(item.solution.data, { atol });
    // In the case 'exact' a coefficient and its multiplier are both zero: either support is right.
    if (!item.id.includes('exact')) expect(indicesOf(solution.support)).toEqual(item.support.data);
  });
});

describe('createPassiveSetSolver()', () => {
  it('ends at the same solution wherever it starts', () => {
    const random = createRandom(8);
    const r = 19;
    const bank = matrix(
      r,
      40,
      Float32Array.from({ length: r * 40 }, () => Math.max(random.normal(), 0)),
    );
    const solver = createPassiveSetSolver(gramOfRows(bank), r);
    for (let row = 0; row < 50; row++) {
      const correlation = Float64Array.from({ length: r }, () => random.normal());
      const near = Float64Array.from({ length: r }, () => random.normal());
      const [wanted, free] = [
        Array.from(solver.solve(correlation).x),
        Array.from(solver.solve(correlation).support),
      ];
      const { x, support, isOptimal } = solver.solve(correlation, near);
      expect(isOptimal).toBe(true);
      expect(x).toBeAllclose(wanted, { atol: 1e-12 });
      expect([...support]).toEqual(free);
    }
  });
});

describe('nnls()', () => {
  it('meets the KKT conditions on random problems, signed banks included', async () => {
    const problem = fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      r: fc.integer({ min: 1, max: 20 }),
      p: fc.integer({ min: 1, max: 30 }),
      seed: fc.nat(),
      isSigned: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(problem, async ({ n, r, p, seed, isSigned }) => {
        const random = createRandom(seed);
        const draw = () => (isSigned ? random.normal() : Math.abs(random.normal()));
        const a = matrix(n, p, Float32Array.from({ length: n * p }, draw));
        const w = matrix(r, p, Float32Array.from({ length: r * p }, draw));
        const { coefficients, support, status, maxKktResidual } = await nnls(a, w);
        expect(status).not.toBe('inexact');
        expect(maxKktResidual).toBeLessThanOrEqual(1e-6);
        const correlation = timesTransposed(a, w);
        const gram = gramOfRows(w);
        for (let i = 0; i < n; i++) {
          for (let k = 0; k < r; k++) {
            const u = coefficients.data[i * r + k];
            let gradient = -correlation.data[i * r + k];
            for (let j = 0; j < r; j++) gradient += gram[k * r + j] * coefficients.data[i * r + j];
            // Coefficients come back in float32; with r > p they may be large and cancel.
            const slack = 1e-4 * (1 + p) * (1 + Math.max(...coefficients.data));
            expect(u).toBeGreaterThanOrEqual(0);
            expect(gradient).toBeGreaterThanOrEqual(-slack);
            expect(Math.abs(u * gradient)).toBeLessThanOrEqual(slack * (1 + u));
            if (u > 0) expect(support[i * r + k]).toBe(1);
          }
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('recovers coefficients that are not negative', async () => {
    const random = createRandom(3);
    const u = matrix(
      40,
      6,
      Float32Array.from({ length: 240 }, () => Math.max(0, random.normal())),
    );
    const w = matrix(
      6,
      50,
      Float32Array.from({ length: 300 }, () => random.uniform()),
    );
    const solution = await nnls(timesTransposed(u, transpose(w)), w);
    // The product is rounded to float32, and the bank's condition number is about 30.
    expect(solution.coefficients.data).toBeAllclose(u.data, { atol: 1e-5 });
    expect(solution.status).toBe('optimal');
  });

  it('chooses a solution and says so when two concepts are the same', async () => {
    const w = matrix(3, 3, Float32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0));
    const solution = await nnls(matrix(1, 3, Float32Array.of(2, 3, 4)), w);
    expect(solution.status).toBe('regularized');
    const [first, second, third] = solution.coefficients.data;
    expect([first + second, third]).toBeAllclose([2, 3], { rtol: 1e-6 });
  });

  it('gives a concept of length zero the coefficient zero', async () => {
    const w = matrix(2, 2, Float32Array.of(0, 0, 1, 1));
    const solution = await nnls(matrix(1, 2, Float32Array.of(2, 2)), w);
    expect([...solution.coefficients.data]).toEqual([0, 2]);
    expect([...solution.support]).toEqual([0, 1]);
    expect(solution.status).toBe('optimal');
  });

  it('gives zero coefficients to zero activations', async () => {
    const solution = await nnls(matrix(2, 2), matrix(1, 2, Float32Array.of(1, 2)));
    expect([...solution.coefficients.data]).toEqual([0, 0]);
    expect(solution.maxKktResidual).toBe(0);
  });

  it('names the widths that do not fit', async () => {
    await expect(nnls(matrix(2, 3), matrix(1, 4))).rejects.toThrow(
      'nnls: activations have 3 channels, but the concept bank has 4',
    );
  });

  it('names the entry that is not finite', async () => {
    const a = matrix(2, 2, Float32Array.of(1, 2, 3, NaN));
    await expect(nnls(a, matrix(1, 2))).rejects.toThrow(
      'nnls: activations must be finite, got NaN at row 1, column 1',
    );
    const w = matrix(1, 2, Float32Array.of(Infinity, 1));
    await expect(nnls(matrix(2, 2), w)).rejects.toThrow('nnls: the concept bank must be finite');
  });

  it('stops when its signal is aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(nnls(matrix(1, 1), matrix(1, 1), { signal })).rejects.toThrow();
  });
});

const craft = join(root, '../shared/reference/craft');
describe.skipIf(!existsSync(craft))('nnls() on reference activations (needs ../shared/reference)', () => {
  it.each(['mobilenet_v2-golf_ball-r10', 'squeezenet1_1-parachute-r10'])(
    'equals the coefficients of %s',
    async (name) => {
      const tensors = readSafetensors(join(craft, `${name}.safetensors`));
      const { dims, data } = tensors.latent;
      const [images, channels, height, width] = dims;
      const positions = height * width;
      const rows = matrix(images * positions, channels);
      for (let image = 0; image < images; image++) {
        const map = matrix(
          channels,
          positions,
          data.subarray(image * channels * positions, (image + 1) * channels * positions),
        );
        rows.data.set(transpose(map).data, image * positions * channels);
      }
      // The file's header says [r, p], but scikit-learn's column-major memory was written as it stood.
      const { dims: bankDims, data: bank } = tensors.concept_bank_W;
      const solution = await nnls(rows, transpose(matrix(bankDims[1], bankDims[0], bank)));
      // The project's bound for coefficients of new data.
      expect(solution.coefficients.data).toBeCloseInNorm(tensors.coefficients_U.data, 1e-4);
      expect(solution.status).toBe('optimal');
    },
  );
});
