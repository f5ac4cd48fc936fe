import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { fenchelYoungLoss } from '../../../core/implicit/losses/fenchel-young.ts';
import {
  oneHotArgmax,
  perturbedArgmax,
  perturbedFunction,
  perturbedMax,
  ranks,
  topKIndicator,
} from '../../../core/implicit/perturbed/index.ts';
import type { NoiseName, Perturbed, PerturbedOptions } from '../../../core/implicit/perturbed/index.ts';
import { uniformStream } from '../../../core/implicit/perturbed/random-stream.ts';
import { jvp } from '../../../core/implicit/tape.ts';
import { readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

interface PerturbedCase {
  readonly id: string;
  readonly theta?: GoldenArray;
  readonly x?: GoldenArray;
  readonly sigma: number;
  readonly noise: NoiseName;
  readonly expectation?: GoldenArray;
  readonly argmax_expectation?: GoldenArray;
  readonly argmax_jacobian?: GoldenArray;
  readonly jacobian?: GoldenArray;
  readonly grad?: GoldenArray;
  readonly tangent?: GoldenArray;
  readonly jvp?: GoldenArray;
  readonly cotangent?: GoldenArray;
  readonly vjp?: GoldenArray;
  readonly max_expectation?: number;
  readonly max_gradient?: GoldenArray;
  readonly std_of_one_sample: Readonly<Record<string, GoldenArray>> & { readonly max?: number };
}
const { cases } = readGolden<{ cases: readonly PerturbedCase[] }>('perturbed');
const named = (prefix: string): readonly PerturbedCase[] =>
  cases.filter(({ id }) => id.startsWith(`${prefix}/`));

const N = 5000;
const SEED = 11;
const optionsOf = ({ sigma, noise }: PerturbedCase): PerturbedOptions => ({
  sigma,
  noise,
  samples: N,
  vectorised: true,
});

/** Entry by entry within five standard errors, as the file says; the standard deviations are themselves estimates. */
function expectWithin(got: ArrayLike<number>, want: ArrayLike<number>, std: ArrayLike<number>): void {
  for (let i = 0; i < want.length; i++) {
    expect(Math.abs(got[i] - want[i])).toBeLessThanOrEqual((5 * std[i]) / Math.sqrt(N) + 1e-12);
  }
}

/** Jacobian [out, in] by one reverse pass for each output, all with the noise of one seed. */
function jacobianOf(run: Perturbed, theta: tf.Tensor): Float64Array {
  const shape = run(theta, SEED).shape;
  const size = tf.util.sizeFromShape(shape);
  const rows = Array.from({ length: size }, (_, i) => {
    const unit = constant(
      Float64Array.from({ length: size }, (__, j) => Number(i === j)),
      shape,
    );
    return Array.from(toFloat64(tf.grad((t: tf.Tensor) => run(t, SEED))(theta, unit)));
  });
  return Float64Array.from(rows.flat());
}

/** |matrix| |vector| or |matrixᵀ| |vector|: five of it bound what a product may be off by. */
function spreadOf(std: GoldenArray, vector: readonly number[], transposed: boolean): number[] {
  const n = vector.length;
  const at = (i: number, j: number): number => std.data[transposed ? j * n + i : i * n + j];
  return vector.map((_, i) => vector.reduce((sum, v, j) => sum + at(i, j) * Math.abs(v), 0));
}

describe('perturbed argmax and max', () => {
  for (const item of named('argmax')) {
    it(`${item.id}: expectation, Jacobian, products and maximum within five standard errors`, () => {
      tf.tidy(() => {
        const theta = tensorOf(item.theta!);
        const std = item.std_of_one_sample;
        const argmax = perturbedArgmax(oneHotArgmax, optionsOf(item));
        expectWithin(toFloat64(argmax(theta, SEED)), item.argmax_expectation!.data, std.argmax.data);
        expectWithin(jacobianOf(argmax, theta), item.argmax_jacobian!.data, std.jacobian.data);
        const pushed = jvp(([t]) => argmax(t, SEED), [theta], [tensorOf(item.tangent!)]);
        expectWithin(toFloat64(pushed), item.jvp!.data, spreadOf(std.jacobian, item.tangent!.data, false));
        const pulled = tf.grad((t: tf.Tensor) => argmax(t, SEED))(theta, tensorOf(item.cotangent!));
        expectWithin(toFloat64(pulled), item.vjp!.data, spreadOf(std.jacobian, item.cotangent!.data, true));
        const max = perturbedMax(oneHotArgmax, optionsOf(item));
        const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => max(t, SEED))(theta);
        expectWithin(toFloat64(value), [item.max_expectation!], [std.max!]);
        expectWithin(toFloat64(grad), item.max_gradient!.data, std.argmax.data);
      });
    });
  }

  it('the gradient of the maximum is the argmax of the same noise, and its Hessian the argmax’s Jacobian', () => {
    tf.tidy(() => {
      const theta = constant([0.3, -0.2, 0.1]);
      const options = { samples: 500, sigma: 0.4, vectorised: true };
      const max = perturbedMax(oneHotArgmax, options);
      const argmax = perturbedArgmax(oneHotArgmax, options);
      const gradient = tf.grad((t: tf.Tensor) => max(t, 3));
      expect(toFloat64(gradient(theta))).toBeAllclose(toFloat64(argmax(theta, 3)), { atol: 1e-12 });
      const weights = constant([1, 2, -1]);
      const second = tf.grad((t: tf.Tensor) => tf.sum(tf.mul(weights, gradient(t))))(theta);
      const pulled = tf.grad((t: tf.Tensor) => tf.sum(tf.mul(weights, argmax(t, 3))))(theta);
      expect(toFloat64(second)).toBeAllclose(toFloat64(pulled), { atol: 1e-12 });
    });
  });

  it('moves with the size of the noise as its expectation does', () => {
    tf.tidy(() => {
      const theta = constant([0.3, -0.2, 0.1]);
      // Gumbel noise: softmax(theta / sigma), and sigma times the logarithm of the sum plus 0.5772 sigma.
      const exactArgmax = (s: tf.Tensor): tf.Tensor => tf.softmax(tf.div(theta, s));
      const exactMax = (s: tf.Tensor): tf.Tensor =>
        tf.mul(s, tf.add(tf.logSumExp(tf.div(theta, s)), constant(0.5772156649015329)));
      const first = (v: tf.Tensor): tf.Tensor => tf.sum(tf.slice(v, [0], [1]));
      const sigma = constant(0.6);
      const options = { samples: 50_000, vectorised: true };
      const by = (f: (s: tf.Tensor) => tf.Tensor): number => toFloat64(tf.grad(f)(sigma))[0];
      const argmax = by((s) => first(perturbedArgmax(oneHotArgmax, { ...options, sigma: s })(theta, 5)));
      expect(argmax).toBeCloseTo(
        by((s) => first(exactArgmax(s))),
        1,
      );
      const max = by((s) => perturbedMax(oneHotArgmax, { ...options, sigma: s })(theta, 5));
      expect(max).toBeCloseTo(by(exactMax), 1);
    });
  });

  it('row by row: golden expectation, one maximum each, and no trace of other rows in a derivative', () => {
    tf.tidy(() => {
      const [item] = named('batched_argmax');
      const theta = tensorOf(item.theta!);
      const options = { ...optionsOf(item), rows: true };
      const argmax = perturbedArgmax(oneHotArgmax, options);
      expectWithin(
        toFloat64(argmax(theta, SEED)),
        item.expectation!.data,
        item.std_of_one_sample.expectation.data,
      );
      const max = perturbedMax(oneHotArgmax, options);
      expect(max(theta, SEED).shape).toEqual([3]);
      const first = tf.grad((t: tf.Tensor) => tf.sum(tf.slice(argmax(t, SEED), [0, 0], [1, 2])))(theta);
      expect(Array.from(toFloat64(first)).slice(4)).toEqual(new Array(8).fill(0));
      const byMax = tf.grad((t: tf.Tensor) => tf.sum(tf.slice(max(t, SEED), [0], [1])))(theta);
      expect(toFloat64(tf.slice(byMax, [0], [1]))).toBeAllclose(
        toFloat64(tf.slice(argmax(theta, SEED), [0], [1])),
        { atol: 1e-12 },
      );
    });
  });
});

describe('other perturbed functions', () => {
  const discrete = { ranks, top2: topKIndicator(2) };
  for (const [prefix, f] of Object.entries(discrete)) {
    for (const item of named(prefix)) {
      it(`${item.id}: expectation and Jacobian`, () => {
        tf.tidy(() => {
          const theta = tensorOf(item.theta!);
          const std = item.std_of_one_sample;
          const run = perturbedFunction(f, optionsOf(item));
          expectWithin(toFloat64(run(theta, SEED)), item.expectation!.data, std.expectation.data);
          // The file has no spread for the Jacobian of top-2: entries of 0 and 1, a score of about 1/sigma.
          const spread = std.jacobian ?? { shape: [5, 5], data: new Array<number>(25).fill(1 / item.sigma) };
          expectWithin(jacobianOf(run, theta), item.jacobian!.data, spread.data);
          const pulled = tf.grad((t: tf.Tensor) => run(t, SEED))(theta, tensorOf(item.cotangent!));
          expectWithin(toFloat64(pulled), item.vjp!.data, spreadOf(spread, item.cotangent!.data, true));
        });
      });
    }
  }

  const elementwise: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    relu: tf.relu,
    step: (x) => tf.cast(tf.greater(x, 0), 'float32'),
    square: tf.square,
    abs: tf.abs,
  };
  for (const item of named('fun')) {
    it(`${item.id}: expectation and slope, entry by entry`, () => {
      tf.tidy(() => {
        const std = item.std_of_one_sample;
        const f = elementwise[item.id.split('/')[1]];
        const run = perturbedFunction(f, { ...optionsOf(item), rows: true });
        const x = tf.reshape(tensorOf(item.x!), [4, 1]);
        const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => tf.sum(run(t, SEED)))(x);
        expect(value.size).toBe(1);
        expectWithin(toFloat64(run(x, SEED)), item.expectation!.data, std.value.data);
        expectWithin(toFloat64(grad), item.grad!.data, std.grad.data);
      });
    });
  }

  it('without the mean as control variate derivatives agree too, with more spread', () => {
    tf.tidy(() => {
      const [item] = named('ranks');
      const theta = tensorOf(item.theta!);
      const plain = perturbedFunction(ranks, { ...optionsOf(item), controlVariate: false });
      const errorOf = (run: Perturbed): number =>
        Math.hypot(...jacobianOf(run, theta).map((v, i) => v - item.jacobian!.data[i]));
      expectWithin(jacobianOf(plain, theta), item.jacobian!.data, item.std_of_one_sample.jacobian.data);
      expect(errorOf(perturbedFunction(ranks, optionsOf(item)))).toBeLessThan(errorOf(plain));
    });
  });

  it('second derivatives are those of the expectation', () => {
    tf.tidy(() => {
      // E (x + s Z)⁴ with normal noise has the second derivative 12 x² + 12 s².
      const run = perturbedFunction((x) => tf.sum(tf.square(tf.square(x)), -1), {
        noise: 'normal',
        sigma: 0.5,
        samples: 50_000,
        vectorised: true,
      });
      const slope = tf.grad((t: tf.Tensor) => run(t, 9));
      const second = tf.grad((t: tf.Tensor) => tf.sum(slope(t)))(constant([0.7]));
      expect(toFloat64(second)[0] / (12 * 0.49 + 12 * 0.25)).toBeCloseTo(1, 1);
    });
  });

  it('closed-over tensors are differentiated through the function itself', () => {
    tf.tidy(() => {
      const theta = constant([0.3, -0.2]);
      const byScale = tf.grad((scale: tf.Tensor) =>
        tf.sum(perturbedFunction((x) => tf.mul(scale, tf.relu(x)), { samples: 50 })(theta, 1)),
      );
      const plain = tf.sum(perturbedFunction(tf.relu, { samples: 50 })(theta, 1));
      expect(toFloat64(byScale(constant(2)))).toBeAllclose(toFloat64(plain), { rtol: 1e-12 });
    });
  });

  it('one call for each sample gives what all at once give; noise of one’s own is taken', () => {
    tf.tidy(() => {
      const theta = constant([0.3, -0.2, 0.5]);
      const apart = perturbedArgmax(oneHotArgmax, { samples: 40 });
      const together = perturbedArgmax(oneHotArgmax, { samples: 40, vectorised: true });
      expect(toFloat64(apart(theta, 2))).toEqual(toFloat64(together(theta, 2)));
      const logistic = {
        draw: (uniform: () => number) => {
          const u = uniform();
          return Math.log(u / (1 - u));
        },
        logDensity: (z: tf.Tensor) => tf.sub(tf.neg(z), tf.mul(2, tf.softplus(tf.neg(z)))),
      };
      const step = (x: tf.Tensor): tf.Tensor => tf.cast(tf.greater(x, 0), 'float32');
      const run = perturbedFunction(step, { noise: logistic, sigma: 1, samples: N, vectorised: true });
      const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => tf.sum(run(t, 4)))(constant([0.8]));
      const p = 1 / (1 + Math.exp(-0.8));
      expect(toFloat64(value)[0]).toBeCloseTo(p, 1);
      expect(toFloat64(grad)[0]).toBeCloseTo(p * (1 - p), 1);
    });
  });

  it('learns through a Fenchel-Young loss: its gradient is the perturbed argmax minus the target', () => {
    tf.tidy(() => {
      const options = { samples: 300, sigma: 0.5, vectorised: true };
      const max = perturbedMax(oneHotArgmax, options);
      const loss = fenchelYoungLoss<[number]>((scores, seed) => max(scores, seed));
      const [target, theta] = [constant([0, 1, 0]), constant([0.5, 0.2, -0.1])];
      const gradient = tf.grad((t: tf.Tensor) => loss(target, t, 8))(theta);
      const want = tf.sub(perturbedArgmax(oneHotArgmax, options)(theta, 8), target);
      expect(toFloat64(gradient)).toBeAllclose(toFloat64(want), { atol: 1e-12 });
    });
  });
});

describe('the noise and the discrete functions', () => {
  it('the stream is open, even and independent of the global one', () => {
    const [first, again, other] = [uniformStream(1), uniformStream(1), uniformStream(2)];
    let [sum, squares, lag, before] = [0, 0, 0, 0];
    for (let i = 0; i < N; i++) {
      const u = first();
      expect(u > 0 && u < 1).toBe(true);
      expect(again()).toBe(u);
      expect(other()).not.toBe(u);
      sum += u;
      squares += u * u;
      lag += u * before;
      before = u;
    }
    expect([sum / N, squares / N, lag / N]).toBeAllclose([1 / 2, 1 / 3, 1 / 4], { atol: 0.01 });
  });

  it('ranks, argmax and top-k of rows, ties to the first', () => {
    tf.tidy(() => {
      const x = constant([
        [3, 1, 2],
        [5, 5, 7],
      ]);
      expect(Array.from(toFloat64(ranks(x)))).toEqual([1, 3, 2, 2, 3, 1]);
      expect(Array.from(toFloat64(oneHotArgmax(x)))).toEqual([1, 0, 0, 0, 0, 1]);
      expect(Array.from(toFloat64(topKIndicator(2)(x)))).toEqual([1, 0, 1, 1, 0, 1]);
    });
  });

  it('leaks nothing', () => {
    const theta = constant([0.1, 0.4]);
    const max = perturbedMax(oneHotArgmax, { samples: 20 });
    const held = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) tf.dispose(tf.valueAndGrad((t: tf.Tensor) => max(t, i))(theta));
    expect(tf.memory().numTensors).toBe(held);
    theta.dispose();
  });

  it('refuses what cannot be perturbed, by name', () => {
    const theta = tf.ones([2]);
    const cases: readonly [() => tf.Tensor, RegExp, string][] = [
      [
        () => perturbedArgmax(oneHotArgmax, { sigma: 0 })(theta, 1),
        /sigma must be one number above 0, got 0/,
        'bad-tensor',
      ],
      [() => perturbedArgmax(oneHotArgmax, { sigma: NaN })(theta, 1), /sigma .* got NaN/, 'bad-tensor'],
      [
        () => perturbedArgmax(oneHotArgmax, { samples: 0 })(theta, 1),
        /samples must be .* got 0/,
        'bad-usage',
      ],
      [
        () => perturbedArgmax(oneHotArgmax)(theta, 0.5),
        /the seed must be a whole number, got 0.5/,
        'bad-usage',
      ],
      [
        () => perturbedArgmax(oneHotArgmax, { noise: 'cauchy' as never })(theta, 1),
        /unknown noise "cauchy"/,
        'unknown-name',
      ],
      [() => perturbedArgmax(oneHotArgmax)(constant([1, NaN]), 1), /theta must be finite/, 'bad-tensor'],
      [() => perturbedArgmax(oneHotArgmax)(tf.ones([0]), 1), /got shape \[0\]/, 'bad-tensor'],
      [
        () => perturbedArgmax((x) => tf.sum(x))(theta, 1),
        /the argmax must have shape \[2\], got \[\]/,
        'bad-tensor',
      ],
      [
        () => perturbedFunction((x) => tf.log(tf.neg(tf.abs(x))))(theta, 1),
        /values that are not finite/,
        'bad-tensor',
      ],
      [
        () => perturbedFunction((x) => tf.sum(x), { vectorised: true })(theta, 1),
        /must begin with the axes \[1000\], got \[\]/,
        'bad-tensor',
      ],
      [() => perturbedFunction(tf.relu, { rows: true })(tf.scalar(1), 1), /in rows/, 'bad-tensor'],
      [
        () => perturbedFunction(topKIndicator(3))(theta, 1),
        /k must be a whole number from 1 to 2, got 3/,
        'bad-usage',
      ],
    ];
    for (const [run, message, code] of cases) {
      expect(() => tf.tidy(run)).toThrow(expect.objectContaining({ name: 'ImplicitError', code }));
      expect(() => tf.tidy(run)).toThrow(message);
    }
  });
});
