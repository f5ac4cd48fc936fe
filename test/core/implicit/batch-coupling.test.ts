import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as implicit from '../../../core/implicit/index.ts';

const { constant, customRoot, rootJacobian, rootJvp, rootVjp, solvers, toFloat64 } = implicit;
type Condition = (x: tf.Tensor, t: tf.Tensor) => tf.Tensor;

/** x + ½ Σ x - t over samples of two numbers: the sum ties them together. */
const summed: Condition = (x, t) => tf.sub(tf.add(x, tf.mul(constant(0.5), tf.sum(x, 0, true))), t);
/** Sample i also needs sample i + 1 (of the last one, nothing). */
const chained: Condition = (x, t) => {
  const next = tf.concat([tf.slice(x, [1]), tf.zeros([1])]);
  return tf.sub(tf.add(x, tf.mul(constant(0.3), next)), t);
};
const single: Condition = (x, t) => tf.sub(tf.mul(x, tf.square(x)), t);

const message =
  /batch: F must treat each of the \d+ samples by itself, but sample \d+ of x changes F of other/;
const both = (name: string, run: () => void): void => {
  it(`${name}, 64 bits`, () => implicit.inFloat64(() => void tf.tidy(run)));
  it(`${name}, 32 bits`, async () => {
    await tf.setBackend('cpu');
    tf.tidy(run);
  });
};

describe('{ batch } of a condition whose samples act on each other', () => {
  const t = (): tf.Tensor => constant([1, 2, 3, 4, 5, 6], [3, 2]);
  const solution = (): tf.Tensor => constant([-0.8, -0.4, 1.2, 1.6, 3.2, 3.6], [3, 2]);

  both('is refused by every derivative', () => {
    const options = { batch: 1 };
    const solve = customRoot(summed, options)(() => solution());
    expect(() => tf.grad((p) => tf.sum(solve(null, p)))(t())).toThrow(message);
    expect(() => rootVjp(summed, solution(), [t()], t(), options)).toThrow(message);
    const other: Condition = (...args) => summed(...args);
    expect(() => rootJvp(other, solution(), [t()], [t()], options)).toThrow(message);
    expect(() => rootJacobian(other, solution(), [t()], options)).toThrow(message);
    expect(() => rootVjp(other, solution(), [t()], t())).not.toThrow();
  });

  both('is refused by solvers', () => {
    const newton = solvers.newton(summed, { implicit: { batch: 1 } });
    expect(() => tf.grad((p) => tf.sum(newton.run(tf.zeros([3, 2]), p)))(t())).toThrow(message);
    const map: Condition = (x, p) => tf.mul(constant(0.3), tf.add(tf.mean(x, 0, true), p));
    const fixed = solvers.fixedPointIteration(map, { implicit: { batch: 1 } });
    expect(() => tf.grad((p) => tf.sum(fixed.run(tf.zeros([3, 2]), p)))(t())).toThrow(message);
  });

  both('is found wherever the two samples lie', () => {
    for (const count of [2, 3, 7, 16, 33]) {
      for (let pair = 0; pair < count - 1; pair++) {
        const places = Float64Array.from({ length: count }, (_, i) => Number(i === pair));
        const once: Condition = (x, p) => tf.sub(tf.add(x, tf.mul(constant(places), chained(x, p))), p);
        const ones = tf.ones([count]);
        expect(() => rootVjp(once, ones, [tf.zeros([count])], ones, { batch: 1 })).toThrow(
          `each of the ${count} samples by itself, but sample ${pair + 1} of x`,
        );
      }
    }
  });

  both('is not seen where there is none, and looked for once a size', () => {
    let calls = 0;
    const counted: Condition = (x, p) => {
      calls++;
      return single(x, p);
    };
    const vjp = (count: number): number => {
      const before = calls;
      const x = constant(Float64Array.from({ length: count }, (_, i) => i + 1));
      const target = tf.mul(x, tf.square(x));
      const { value, linear } = rootVjp(counted, x, [target], tf.ones([count]), { batch: 1 });
      expect(linear.status).toBe('converged');
      const want = toFloat64(x).map((v) => 1 / (3 * v * v));
      expect(toFloat64(value[0])).toBeAllclose(want, { rtol: 1e-4 });
      return calls - before;
    };
    const [first, again, larger] = [vjp(8), vjp(8), vjp(32)];
    expect(first - again).toBe(6);
    expect(larger - again).toBe(10);
  });

  it('a sample without a finite derivative is no coupling', () => {
    implicit.inFloat64(() =>
      tf.tidy(() => {
        const root: Condition = (x, p) => tf.sub(tf.sqrt(x), p);
        const of = rootVjp(root, constant([0, 4]), [constant([0, 2])], constant([1, 1]), { batch: 1 });
        expect(of.linear.samples?.[1].status).toBe('converged');
        expect(toFloat64(of.value[0])[1]).toBeCloseTo(4, 10);
      }),
    );
  });
});
