import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { isotonicRegression, isotonicRegressionKl } from '../../../core/implicit/isotonic/isotonic.ts';
import { jvp } from '../../../core/implicit/tape.ts';
import { createRandom } from '../../../core/random.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

interface IsotonicCase {
  readonly id: string;
  readonly increasing?: boolean;
  readonly y?: GoldenArray;
  readonly weights?: GoldenArray;
  readonly y_min?: number;
  readonly y_max?: number;
  readonly s?: GoldenArray;
  readonly w?: GoldenArray;
  readonly output: GoldenArray;
  readonly cotangent: GoldenArray;
  readonly vjp?: GoldenArray;
  readonly vjp_y?: GoldenArray;
  readonly vjp_weights?: GoldenArray;
  readonly vjp_s?: GoldenArray;
  readonly vjp_w?: GoldenArray;
  readonly tangent?: GoldenArray;
  readonly jvp?: GoldenArray;
}
interface EdgeCase {
  readonly id: string;
  readonly y?: GoldenArray;
  readonly output?: GoldenArray;
  readonly jacobian?: GoldenArray;
}
const golden = readGolden<{ cases: readonly IsotonicCase[]; edge_cases: readonly EdgeCase[] }>('isotonic');

/** Compares on the scale of the cotangent, for products that vanish. */
const expectProduct = (got: tf.Tensor, want: GoldenArray, item: IsotonicCase): void => {
  const scale = Math.max(...want.data.map(Math.abs), 1e-3 * Math.max(...item.cotangent.data.map(Math.abs)));
  expect(toFloat64(got)).toBeAllclose(want.data, { atol: 1e-10 * scale });
};

function checkLeastSquares(item: IsotonicCase): void {
  const options = {
    increasing: item.increasing!,
    ...(item.y_min === undefined ? {} : { lower: constant(item.y_min), upper: constant(item.y_max!) }),
  };
  const y = tensorOf(item.y!);
  const cotangent = tensorOf(item.cotangent);
  if (item.weights) {
    const fit = (v: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
      isotonicRegression(v, { ...options, weights });
    const weights = tensorOf(item.weights);
    expectClose(fit(y, weights), item.output, 1e-10);
    const [byY, byWeights] = tf.grads(fit)([y, weights], cotangent);
    expectProduct(byY, item.vjp_y!, item);
    expectProduct(byWeights, item.vjp_weights!, item);
    return;
  }
  const fit = (v: tf.Tensor): tf.Tensor => isotonicRegression(v, options);
  expectClose(fit(y), item.output, 1e-10);
  expectProduct(tf.grad(fit)(y, cotangent), item.vjp!, item);
  if (!item.jvp) return;
  expectProduct(
    jvp(([v]) => fit(v), [y], [tensorOf(item.tangent!)]),
    item.jvp,
    item,
  );
}

describe('isotonic regression', () => {
  for (const item of golden.cases.filter(({ y }) => y)) {
    it(`${item.id}: golden fit and derivatives`, () => {
      tf.tidy(() => checkLeastSquares(item));
    });
  }

  for (const item of golden.cases.filter(({ s }) => s)) {
    it(`${item.id}: golden fit and derivatives`, () => {
      tf.tidy(() => {
        const [s, w] = [tensorOf(item.s!), tensorOf(item.w!)];
        expectClose(isotonicRegressionKl(s, w), item.output, 1e-10);
        const [byS, byW] = tf.grads(isotonicRegressionKl)([s, w], tensorOf(item.cotangent));
        expectProduct(byS, item.vjp_s!, item);
        expectProduct(byW, item.vjp_w!, item);
      });
    });
  }

  for (const item of golden.edge_cases.filter(({ output }) => output)) {
    it(`edge: ${item.id}`, () => {
      tf.tidy(() => {
        const y = tensorOf(item.y!);
        expectClose(isotonicRegression(y), item.output!, 1e-12);
        if (!item.jacobian) return;
        const n = y.size;
        const rows = Array.from({ length: n }, (_, i) =>
          Array.from(toFloat64(tf.grad((v: tf.Tensor) => tf.slice(isotonicRegression(v), [i], [1]))(y))),
        );
        expect(rows.flat()).toBeAllclose(item.jacobian.data, { atol: 1e-12 });
      });
    });
  }

  it('no vector of the cone is closer, and the fit of a fit is itself', () => {
    const random = createRandom(3);
    tf.tidy(() => {
      for (let trial = 0; trial < 20; trial++) {
        const n = 1 + random.integer(30);
        const y = Float64Array.from({ length: n }, () => random.normal() + 1e6 * (trial % 2));
        const weights = Float64Array.from({ length: n }, () => 0.01 + random.uniform());
        const fit = toFloat64(isotonicRegression(constant(y), { weights: constant(weights) }));
        // The projection's own condition: the residual is orthogonal to the fit and at an obtuse angle to the cone.
        let [tail, product] = [0, 0];
        for (let i = n - 1; i >= 0; i--) {
          tail += weights[i] * (y[i] - fit[i]);
          expect(tail).toBeLessThan(1e-8);
          product += weights[i] * (y[i] - fit[i]) * (fit[i] - fit[0]);
          if (i > 0) expect(fit[i]).toBeGreaterThanOrEqual(fit[i - 1]);
        }
        expect([product, tail]).toBeAllclose([0, 0], { atol: 1e-8 });
        expect(toFloat64(isotonicRegression(constant(fit)))).toEqual(fit);
      }
    });
  });

  it('fits ten thousand falling entries in linear time, and huge ones without overflow', () => {
    tf.tidy(() => {
      const n = 10_000;
      const falling = constant(Float64Array.from({ length: n }, (_, i) => -i));
      expect(toFloat64(isotonicRegression(falling))[0]).toBe(-(n - 1) / 2);
      const s = constant([700, -900, 800]);
      expect(Array.from(toFloat64(isotonicRegressionKl(s, tf.zeros([3]))))).toBeAllclose(
        [800 - Math.log(3), 800 - Math.log(3), 800 - Math.log(3)],
        {},
      );
    });
  });

  it('computes in 32 bits on the ordinary backends, with the same blocks', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    const item = golden.cases.find(({ id }) => id === 'l2_weighted/n12')!;
    tf.tidy(() => {
      const fit = (v: tf.Tensor): tf.Tensor => isotonicRegression(v, { weights: tensorOf(item.weights!) });
      expectClose(fit(tensorOf(item.y!)), item.output, 1e-5);
      expectClose(tf.grad(fit)(tensorOf(item.y!), tensorOf(item.cotangent)), item.vjp_y!, 1e-5);
    });
    await tf.setBackend('float64');
  });

  it('refuses what has no fit, by name', () => {
    const y = tf.ones([3]);
    const cases: readonly [() => tf.Tensor, RegExp][] = [
      [() => isotonicRegression(tf.ones([0])), /one shape \[\.\.\., n\] with n > 0, got \[0\]/],
      [() => isotonicRegression(tf.scalar(1)), /with n > 0, got \[\]/],
      [() => isotonicRegression(constant([1, NaN])), /must be finite/],
      [() => isotonicRegression(constant([1, Infinity])), /must be finite/],
      [() => isotonicRegression(y, { weights: tf.ones([2]) }), /one shape .* got \[3\], \[2\]/],
      [() => isotonicRegression(y, { weights: constant([1, 0, 1]) }), /weights must be above 0, got 0/],
      [() => isotonicRegression(y, { weights: constant([1, -2, 1]) }), /weights must be above 0, got -2/],
      [() => isotonicRegression(y, { lower: 1, upper: 0 }), /the box is empty: lower > upper/],
      [() => isotonicRegressionKl(y, tf.ones([2])), /one shape .* got \[3\], \[2\]/],
      [() => isotonicRegressionKl(constant([NaN]), tf.ones([1])), /must be finite/],
    ];
    for (const [run, message] of cases) {
      expect(() => tf.tidy(run)).toThrow(
        expect.objectContaining({ name: 'ImplicitError', code: 'bad-tensor' }),
      );
      expect(() => tf.tidy(run)).toThrow(message);
    }
  });
});
