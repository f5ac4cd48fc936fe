import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as implicit from '../../../../core/implicit/index.ts';
import type { Solver } from '../../../../core/implicit/solvers/solver.ts';

const { compile, constant, gradientOf, inFloat64, solvers, toFloat64 } = implicit;
const precisely = (name: string, run: () => void): void => {
  it(name, () => inFloat64(() => void tf.tidy(run)));
};

// What the functions below close over is bound anew by the tests.
let data: tf.Tensor;
let weight = 1;
type Args = [theta: tf.Tensor];
const objective = (x: tf.Tensor, theta: tf.Tensor): tf.Tensor =>
  tf.add(tf.sum(tf.square(tf.sub(x, data))), tf.mul(tf.mul(constant(weight), theta), tf.sum(tf.square(x))));
const slope = (x: tf.Tensor, theta: tf.Tensor): tf.Tensor => gradientOf(objective)(x, theta);
const descent = (x: tf.Tensor, theta: tf.Tensor): tf.Tensor =>
  tf.sub(x, tf.mul(constant(0.1), slope(x, theta)));

const makers: Readonly<Record<string, () => Solver<tf.Tensor, Args>>> = {
  'L-BFGS': () => solvers.lbfgs<Args>(objective) as unknown as Solver<tf.Tensor, Args>,
  'gradient descent': () =>
    solvers.gradientDescent<tf.Tensor, Args>(objective) as unknown as Solver<tf.Tensor, Args>,
  'proximal gradient': () =>
    solvers.proximalGradient<tf.Tensor, Args>(objective, (v) =>
      implicit.projectionNonNegative(v),
    ) as unknown as Solver<tf.Tensor, Args>,
  newton: () => solvers.newton<tf.Tensor, Args>(slope) as unknown as Solver<tf.Tensor, Args>,
  'fixed-point iteration': () =>
    solvers.fixedPointIteration<tf.Tensor, Args>(descent) as unknown as Solver<tf.Tensor, Args>,
  anderson: () => solvers.anderson<tf.Tensor, Args>(descent) as unknown as Solver<tf.Tensor, Args>,
};

describe('what a compiled solver closes over', () => {
  for (const [name, make] of Object.entries(makers)) {
    precisely(`is what it is at every run and gradient: ${name}`, () => {
      const [plain, compiled] = [make(), compile(make(), { fallback: 'error' })];
      const start = tf.zeros([2]);
      const theta = constant(0.5);
      const check = (): void => {
        const [want, got] = [plain, compiled].map((solver) =>
          tf.valueAndGrad((t: tf.Tensor) => tf.sum(tf.mul(constant([1, 3]), solver.run(start, t))))(theta),
        );
        expect(toFloat64(got.value)[0]).toBeCloseTo(toFloat64(want.value)[0], 8);
        expect(toFloat64(got.grad)[0]).toBeCloseTo(toFloat64(want.grad)[0], 8);
        expect(toFloat64(compiled.solve(start, theta).x)).toBeAllclose(
          toFloat64(plain.solve(start, theta).x),
          { atol: 1e-8 },
        );
      };
      [data, weight] = [constant([1, 2]), 1];
      const first = data;
      check();
      check();
      expect(compiled.report().iterations.traces).toBe(1);
      expect(compiled.report().derivative.traces).toBe(1);
      data = constant([5, 6]);
      check();
      weight = 2;
      check();
      expect(compiled.report().iterations.traces).toBe(3);
      expect(compiled.report().derivative.traces).toBe(3);
      data.dispose();
      data = first;
      check();
    });
  }

  precisely('may be promised not to change', () => {
    [data, weight] = [constant([1, 2]), 1];
    const compiled = compile(makers['L-BFGS'](), { closure: 'fixed' });
    const at = (): Float64Array => toFloat64(compiled.run(tf.zeros([2]), constant(1)));
    expect(at()).toBeAllclose([0.5, 1], { atol: 1e-8 });
    data = constant([4, 4]);
    expect(at()).toBeAllclose([0.5, 1], { atol: 1e-8 });
    const assigned = tf.variable(constant([2, 2]), false);
    data = assigned;
    const other = compile(makers['L-BFGS'](), { closure: 'fixed' });
    const there = (): Float64Array => toFloat64(other.run(tf.zeros([2]), constant(1)));
    expect(there()).toBeAllclose([1, 1], { atol: 1e-8 });
    assigned.assign(constant([6, 8]));
    expect(there()).toBeAllclose([3, 4], { atol: 1e-8 });
    assigned.dispose();
    expect(() => compile(objective, { closure: 'never' as 'fixed' })).toThrow(
      "compile: closure must be 'checked' or 'fixed', got never",
    );
  });

  precisely('takes part in the gradient when it is bound to what the gradient is taken by', () => {
    [data, weight] = [constant([1, 2]), 1];
    const both = [makers['L-BFGS'](), compile(makers['L-BFGS']())];
    const loss = (solver: Solver<tf.Tensor, Args>) => (t: tf.Tensor) =>
      tf.sum(tf.mul(constant([1, 3]), solver.run(tf.zeros([2]), tf.sum(tf.square(t)))));
    const at = constant([1, 2]);
    for (const solver of both) tf.grad(loss(solver))(at);
    const [want, got] = both.map((solver) =>
      tf.grad((t: tf.Tensor) => {
        data = tf.clone(t);
        return loss(solver)(t);
      })(at),
    );
    expect(toFloat64(got)).toBeAllclose(toFloat64(want), { rtol: 1e-8 });
  });

  precisely('is looked for in gradients that an operation brings with it', () => {
    let factor = 1;
    const scaled = tf.customGrad(((x: tf.Tensor) => ({
      value: tf.mul(x, constant(0.5)),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, constant(0.5 * factor)),
    })) as unknown as Parameters<typeof tf.customGrad>[0]);
    const map = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.add(scaled(x), t);
    const [plain, compiled] = [
      solvers.fixedPointIteration<tf.Tensor, Args>(map),
      compile(solvers.fixedPointIteration<tf.Tensor, Args>(map), { fallback: 'error' }),
    ];
    for (factor of [1, 0.5, 1]) {
      const [want, got] = [plain, compiled].map((solver) =>
        toFloat64(tf.grad((t: tf.Tensor) => tf.sum(solver.run(tf.zeros([1]), t)))(constant([1]))),
      );
      expect(want[0]).toBeCloseTo(1 / (1 - 0.5 * factor), 8);
      expect(got[0]).toBeCloseTo(want[0], 8);
    }
  });
});

describe('what a compiled function closes over', () => {
  precisely('is what it is at every call: tensors, numbers, branches', () => {
    let [shift, factor, isSquared] = [constant([1, 1]), 2, false];
    const run = (x: tf.Tensor): tf.Tensor => {
      const moved = tf.mul(tf.add(x, shift), constant(factor));
      return isSquared ? tf.square(moved) : moved;
    };
    const compiled = compile(run, { fallback: 'error' });
    const values = (): number[] => [...toFloat64(compiled(constant([1, 2])))];
    expect(values()).toEqual([4, 6]);
    expect(values()).toEqual([4, 6]);
    expect(compiled.report().traces).toBe(1);
    shift.dispose();
    shift = constant([3, 3]);
    expect(values()).toEqual([8, 10]);
    factor = 1;
    expect(values()).toEqual([4, 5]);
    isSquared = true;
    expect(values()).toEqual([16, 25]);
    expect(compiled.report().traces).toBe(4);
  });

  precisely('a large tensor that it makes itself is compared too', () => {
    const numbers = Float64Array.from({ length: 1000 }, (_, i) => i);
    const compiled = compile((x: tf.Tensor) => tf.sum(tf.mul(x, constant(numbers))), { fallback: 'error' });
    const value = (): number => toFloat64(compiled(tf.ones([1000])))[0];
    expect(value()).toBe(499_500);
    numbers[999] = 0;
    expect(value()).toBe(498_501);
  });
});
