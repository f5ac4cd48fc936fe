import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { imageMuFidelity, muFidelity } from '../../../core/metrics/mu-fidelity.ts';
import { affineLogit, logitOf } from './logit-models.ts';

describe('imageMuFidelity', () => {
  it('is 1 for the slopes of an affine logit, -1 for their negatives', async () => {
    const logit = affineLogit(-4, [3, 0.5, 2, 0.1, 1]);
    const right = await imageMuFidelity(logit, [3, 0.5, 2, 0.1, 1]);
    expect(right.status).toBe('ok');
    // Masks are exact in float32; the slopes are summed in another order.
    expect(right.value).toBeCloseTo(1, 12);
    expect((await imageMuFidelity(logit, [-3, -0.5, -2, -0.1, -1])).value).toBeCloseTo(-1, 12);
  });

  it('follows its definition on numbers worked by hand', async () => {
    // One concept a subset: drops (4, 1, 1) against attributions (1, 2, 0) whatever the frequencies of the draws are.
    const masksSeen = vi.fn(affineLogit(0, [4, 1, 1]));
    const { value } = await imageMuFidelity(masksSeen, [1, 2, 0], { subsetSize: 1, nSubsets: 30 });
    expect(masksSeen).toHaveBeenCalledTimes(1);
    const { data } = masksSeen.mock.calls[0][0];
    const counts = [0, 1, 2].map(
      (c) => Array.from({ length: 30 }, (_, i) => data[3 * i + c]).filter((m) => m === 0).length,
    );
    expect(counts.reduce((sum, count) => sum + count)).toBe(30);
    const mean = (x: number[]) => x.reduce((sum, v, c) => sum + (counts[c] * v) / 30, 0);
    const covariance = (x: number[], y: number[]) => mean(x.map((v, c) => v * y[c])) - mean(x) * mean(y);
    const [a, d] = [
      [1, 2, 0],
      [4, 1, 1],
    ];
    expect(value).toBeCloseTo(covariance(a, d) / Math.sqrt(covariance(a, a) * covariance(d, d)), 12);
  });

  it('stays within -1 and 1 for an interacting logit, and ranks when asked', async () => {
    const logit = logitOf((m) => Math.exp(3 * m[0] + m[1]) + m[2] * m[3]);
    const bounded = fc.asyncProperty(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }),
      async (attributions) => {
        for (const correlation of ['pearson', 'spearman'] as const) {
          const { value } = await imageMuFidelity(logit, attributions, { correlation, nSubsets: 20 });
          if (value !== undefined) expect(Math.abs(value)).toBeLessThanOrEqual(1);
        }
      },
    );
    await fc.assert(bounded, { numRuns: 15 });
    // A monotone distortion of a single-concept drop keeps the ranks.
    const steep = logitOf((m) => -Math.exp(4 * (1 - m[0]) + 2 * (1 - m[1])));
    const options = { correlation: 'spearman', subsetSize: 1 } as const;
    expect((await imageMuFidelity(steep, [2, 1, 0], options)).value).toBeCloseTo(1, 12);
  });

  it('names what has no correlation', async () => {
    expect(await imageMuFidelity(affineLogit(5, [0, 0, 0]), [1, 2, 3])).toEqual({ status: 'constant-logit' });
    expect(await imageMuFidelity(affineLogit(5, [1, 2, 3]), [0.1, 0.1, 0.1])).toEqual({
      status: 'constant-attribution',
    });
    const nan = logitOf((m) => (m[0] === 0 ? NaN : 1));
    expect(await imageMuFidelity(nan, [1, 2, 3])).toEqual({ status: 'non-finite' });
    // One concept has one subset.
    expect(await imageMuFidelity(affineLogit(5, [1]), [1])).toEqual({ status: 'constant-logit' });
  });

  it('sees through a dead concept', async () => {
    expect((await imageMuFidelity(affineLogit(0, [2, 0, 1]), [2, 0, 1])).value).toBeCloseTo(1, 12);
  });

  it('gives the same number for the same seed', async () => {
    const run = (seed: number) =>
      imageMuFidelity(affineLogit(0, [2, 0, 1, 5]), [1, 3, 1, 2], { seed, nSubsets: 9 });
    expect(await run(4)).toEqual(await run(4));
    expect(await run(4)).not.toEqual(await run(5));
  });

  it('refuses sizes and attributions that make no sense', async () => {
    const logit = affineLogit(0, [1, 2]);
    await expect(imageMuFidelity(logit, [1, 2], { subsetSize: 3 })).rejects.toThrow(
      'internal: imageMuFidelity: subset size must be a whole number in 1 … 2, got 3',
    );
    await expect(imageMuFidelity(logit, [1, NaN])).rejects.toThrow(
      'internal: imageMuFidelity: attributions must be finite, got [1, NaN]',
    );
    const short = () => Promise.resolve(new Float64Array(1));
    await expect(imageMuFidelity(short, [1, 2])).rejects.toThrow('1 logits for 128 masks');
  });
});

describe('muFidelity', () => {
  it('averages the images that have a value, with a t interval within -1 and 1', () => {
    const images = [
      { status: 'ok', value: 0.2 },
      { status: 'constant-logit' },
      { status: 'ok', value: 0.4 },
    ] as const;
    const { mean, interval, images: count } = muFidelity(images);
    expect(mean).toBeCloseTo(0.3, 14);
    expect(count).toBe(2);
    // 0.3 ± 12.7 · 0.1 reaches beyond 1.
    expect(interval).toBeAllclose([-0.970620473617, 1], { atol: 1e-10 });
  });

  it('has no interval for one value and no mean for none', () => {
    expect(muFidelity([{ status: 'ok', value: 0.2 }])).toEqual({ mean: 0.2, interval: undefined, images: 1 });
    expect(muFidelity([{ status: 'non-finite' }])).toEqual({
      mean: undefined,
      interval: undefined,
      images: 0,
    });
  });
});
