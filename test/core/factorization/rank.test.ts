import { describe, expect, it } from 'vitest';
import { chooseFrom, chooseRank } from '../../../core/factorization/rank.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { plainGemm, timesTransposed } from '../../../core/linalg/plain-gemm.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';

/** `r` concepts, sparse in the rows, and a little noise. */
function planted(n: number, r: number, p: number, seed: number) {
  const random = createRandom(seed);
  const u = matrix(
    n,
    r,
    Float32Array.from({ length: n * r }, () => Math.max(0, random.normal() - 0.5)),
  );
  const w = matrix(
    r,
    p,
    Float32Array.from({ length: r * p }, () => Math.max(0, random.normal() - 0.5)),
  );
  const a = timesTransposed(u, transpose(w));
  for (let k = 0; k < a.data.length; k++) a.data[k] += 0.05 * random.uniform();
  return a;
}

describe('chooseRank()', () => {
  it.each([4, 6])('finds %i planted concepts', async (r) => {
    const a = planted(600, r, 40, r);
    const { chosen, curve } = await chooseRank(a, {
      candidates: [2, 3, 4, 6, 8, 10],
      gemm: plainGemm,
      seed: 1,
    });
    expect(chosen).toBe(r);
    expect(curve.map((point) => point.r)).toEqual([2, 3, 4, 6, 8, 10]);
    const atPlanted = curve.find((point) => point.r === r);
    expect(atPlanted?.r2).toBeGreaterThan(0.98);
    expect(atPlanted?.stability).toBeGreaterThan(0.95);
  });

  it('drops candidates that the data cannot carry and refuses when none is left', async () => {
    const a = planted(20, 2, 6, 1);
    const { curve } = await chooseRank(a, { candidates: [50, 2, 2], gemm: plainGemm });
    expect(curve.map((point) => point.r)).toEqual([2]);
    await expect(chooseRank(a, { candidates: [50], gemm: plainGemm })).rejects.toThrow(
      'chooseRank: no candidate in [50] is from 1 to 6, the most that two samples of 10 rows and 6 channels allow',
    );
  });

  it('gives the same evidence for the same seed, signed activations included', async () => {
    const a = planted(120, 3, 12, 2);
    a.data[5] = -1;
    const options = { candidates: [2, 3], gemm: plainGemm, seed: 3 };
    expect(await chooseRank(a, options)).toEqual(await chooseRank(a, options));
  });
});

describe('chooseFrom()', () => {
  const point = (r: number, r2: number, stability: number) => ({ r, r2, stability, relativeError: 0 });

  it('takes the knee of the R² curve', () => {
    const curve = [point(2, 0.2, 0.9), point(4, 0.7, 0.9), point(6, 0.75, 0.9), point(8, 0.78, 0.9)];
    expect(chooseFrom(curve)).toBe(4);
  });

  it('passes over a knee that is not stable', () => {
    const curve = [point(2, 0.2, 0.95), point(4, 0.7, 0.6), point(6, 0.75, 0.9), point(8, 0.78, 0.9)];
    expect(chooseFrom(curve)).toBe(6);
  });

  it('takes the smallest where more concepts buy nothing', () => {
    expect(chooseFrom([point(2, 0.5, 0.9), point(4, 0.5, 0.9), point(6, 0.5, 0.9)])).toBe(2);
  });
});
