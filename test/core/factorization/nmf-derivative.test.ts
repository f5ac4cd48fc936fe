import fc from 'fast-check';
import { afterAll, describe, expect, it, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { bankSpread, spreadDirections } from '../../../core/factorization/jackknife.ts';
import { derivativeByImages, influenceAlong } from '../../../core/factorization/nmf-derivative.ts';
import { loadTfjsBackend } from '../../../core/runtime/tfjs-backend.ts';
import { expectClose } from '../../fixtures/implicit/golden.ts';
import { influenceCases, polished, randomRows, rowsOf } from '../../fixtures/influence-cases.ts';

/** Σ_i vec(d_i) vec(d_i)ᵀ. */
function covariance(rows: ArrayLike<number>, count: number): Float64Array {
  const size = rows.length / count;
  const out = new Float64Array(size * size);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) out[j * size + k] += rows[i * size + j] * rows[i * size + k];
    }
  }
  return out;
}

const largest = (x: ArrayLike<number>): number =>
  Array.from(x).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('derivativeByImages()', () => {
  test.each(influenceCases.map((one) => [one.id, one] as const))(
    '%s: derivative and jackknife covariance agree with the reference',
    async (_, one) => {
      const rows = rowsOf(one);
      const point = await polished(rows, Float64Array.from(one.W.data));
      const { byImage, iterations } = await derivativeByImages(rows, point);
      expectClose(byImage, one.dW_dw, 1e-6);
      expectClose(covariance(byImage, one.n_images), one.ij_cov, 2e-6);
      expect(iterations).toBeLessThan(60);
      const { steps, share } = spreadDirections(byImage, one.n_images, one.n_images);
      expectClose(covariance(steps, steps.length / (one.r * one.A.shape[1])), one.ij_cov, 1e-5);
      expect(share).toBeCloseTo(1, 6);
    },
  );

  const problem = fc.record({
    seed: fc.nat(),
    images: fc.integer({ min: 3, max: 6 }),
    perImage: fc.integer({ min: 3, max: 6 }),
    p: fc.integer({ min: 5, max: 9 }),
    r: fc.integer({ min: 1, max: 3 }),
  });

  it('agrees with central differences of weighted refits where no support changes, and holds the lengths', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(problem, async ({ seed, ...shape }) => {
        const { rows, start } = randomRows(seed, shape);
        const point = await polished(rows, start);
        const { byImage, status } = await derivativeByImages(rows, point);
        if (point.status !== 'optimal' || status === 'not-solved' || largest(byImage) > 10) return;
        const least = Math.min(...[...point.bank, ...point.coefficients].filter((value) => value > 0));
        if (least < 1e-3) return;
        const size = point.bank.length;
        for (let k = 0; k < shape.r; k++) {
          for (let i = 0; i < shape.images; i++) {
            let along = 0;
            for (let j = 0; j < shape.p; j++) {
              along += byImage[i * size + k * shape.p + j] * point.bank[k * shape.p + j];
            }
            expect(Math.abs(along)).toBeLessThan(1e-5 * (1 + largest(byImage)));
          }
        }
        const sums = Array.from({ length: size }, (_, at) =>
          Array.from({ length: shape.images }, (__, i) => byImage[i * size + at]).reduce((a, b) => a + b, 0),
        );
        expect(largest(sums)).toBeLessThan(1e-5 * (1 + largest(byImage)));
        const h = 1e-4;
        const moved = await Promise.all(
          [h, -h].map((step) =>
            polished(rows, point.bank, [1 + step, ...new Array<number>(shape.images - 1).fill(1)]),
          ),
        );
        const zeros = (x: ArrayLike<number>): string =>
          Array.from(x, (value) => (value > 0 ? 1 : 0)).join('');
        const isSame = moved.every(
          ({ bank, coefficients, projectedGradient }) =>
            projectedGradient < 1e-13 &&
            zeros(bank) === zeros(point.bank) &&
            zeros(coefficients) === zeros(point.coefficients),
        );
        // A start that is a saddle, or next to another minimum, is left for good on one side.
        const [ahead, behind] = moved.map(({ bank }) =>
          bank.map((value, at) => (value - point.bank[at]) / h),
        );
        const isSmooth = largest(ahead.map((value, at) => value + behind[at])) < 1e-2 * largest(ahead);
        if (!isSame || !isSmooth) return;
        compared++;
        const difference = moved[0].bank.map((value, at) => (value - moved[1].bank[at]) / (2 * h));
        expect(byImage.subarray(0, size)).toBeAllclose(difference, { atol: 2e-2 * largest(byImage) });
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(8);
  });

  it('does not depend on the scale of the activations, and is zero for an image of zeros', async () => {
    const { rows, start } = randomRows(4, { images: 5, perImage: 6, p: 8, r: 3 });
    const data = rows.activations.data.map((value, at) => (at < 6 * 8 ? 0 : value));
    const derivative = async (factor: number) => {
      const scaled = {
        ...rows,
        activations: { ...rows.activations, data: data.map((value) => factor * value) },
      };
      return (await derivativeByImages(scaled, await polished(scaled, start))).byImage;
    };
    const plain = await derivative(1);
    expect(largest(plain.subarray(0, 24))).toBe(0);
    expect(await derivative(1000)).toBeAllclose(plain, { atol: 1e-6 * largest(plain) });
  });

  it('says where the bank is no minimum, and where supports are about to change', async () => {
    const { rows, start } = randomRows(7, { images: 4, perImage: 5, p: 8, r: 2 });
    const point = await polished(rows, start);
    expect((await derivativeByImages(rows, { ...point, status: 'rough' })).status).toBe('not-at-minimum');
    // A row that is a multiple of one concept has the multiplier zero for any concept that is at right angles to it.
    const pure = rows.activations.data.slice();
    for (let row = 0; row < 4; row++) pure.set(point.bank.subarray(0, 8), row * 8);
    const edge = { ...rows, activations: { ...rows.activations, data: pure } };
    const found = await derivativeByImages(edge, await polished(edge, start));
    expect(found.nearDegenerate).toBeGreaterThan(0.05);
    expect(found.status).toBe('near-degenerate');
  });

  it('gives the movement of each concept along a direction without solving for every image', async () => {
    const one = influenceCases[2];
    const [rows, p, r] = [rowsOf(one), one.A.shape[1], one.r];
    const point = await polished(rows, Float64Array.from(one.W.data));
    const { byImage } = await derivativeByImages(rows, point);
    const directions = Float64Array.from({ length: r * p }, (_, at) => Math.sin(at));
    const along = influenceAlong(rows, point, directions);
    const want = Array.from({ length: one.n_images * r }, (_, at) =>
      byImage
        .subarray(at * p, (at + 1) * p)
        .reduce((sum, value, j) => sum + value * directions[(at % r) * p + j], 0),
    );
    expect(along).toBeAllclose(want, { atol: 1e-5 * largest(byImage) });
  });

  it('stops at a signal', async () => {
    const { rows, start } = randomRows(1, { images: 3, perImage: 4, p: 6, r: 2 });
    const point = await polished(rows, start);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(derivativeByImages(rows, point, { signal })).rejects.toThrow('enough');
  });
});

describe('derivativeByImages() on a backend of TensorFlow.js', () => {
  const { rows, start } = randomRows(11, { images: 12, perImage: 20, p: 24, r: 4 });
  afterAll(() => tf.disposeVariables());

  it.each(['wasm', 'cpu'] as const)(
    '%s: agrees with 64 bits to the tolerance asked for, leaving no tensor',
    async (name) => {
      const point = await polished(rows, start);
      const precise = await derivativeByImages(rows, point);
      const backend = await loadTfjsBackend([name]);
      expect(backend.name).toBe(name);
      const before = tf.memory().numTensors;
      const quick = await derivativeByImages(rows, point, { precision: 'backend', tol: 1e-4 });
      expect(tf.memory().numTensors).toBe(before);
      expect(quick.status).toBe(precise.status);
      expect(quick.byImage).toBeAllclose(precise.byImage, { atol: 1e-2 * largest(precise.byImage) });
    },
  );
});

describe('bankSpread()', () => {
  it('adds the squares of what each image does, concept by concept', () => {
    const { spread, cosine, influence } = bankSpread([3, 4, 0, 0, 0, 0, 1, 0], 2, 2);
    expect([...influence]).toEqual([5, 0, 0, 1]);
    expect([...spread]).toEqual([5, 1]);
    expect(cosine).toBeAllclose([1 / Math.sqrt(51), 1 / Math.sqrt(3)], { rtol: 1e-12 });
  });
});

describe('spreadDirections()', () => {
  it('keeps the leading ones and says what share of the spread they are', () => {
    const { steps, parts, share } = spreadDirections([2, 0, 0, 1, -2, 0, 0, -1], 4, 1);
    expect([...steps].map(Math.abs)).toBeAllclose([Math.sqrt(8), 0], { atol: 1e-9 });
    expect(share).toBeCloseTo(8 / 10, 9);
    expect([...parts].map((part, i) => part * steps[0] - [2, 0, -2, 0][i])).toBeAllclose([0, 0, 0, 0], {
      atol: 1e-9,
    });
  });
});
