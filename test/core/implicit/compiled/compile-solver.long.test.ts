import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as implicit from '../../../../core/implicit/index.ts';
import type { Solver, SolverOptions } from '../../../../core/implicit/solvers/solver.ts';
import { createRandom } from '../../../../core/random.ts';

const { compile, constant, gradientOf, solvers, toFloat64 } = implicit;
implicit.registerFloat64Backend();
let former = '';
beforeAll(() => {
  former = tf.getBackend();
  void tf.setBackend('float64');
});
afterAll(() => {
  if (former) void tf.setBackend(former);
});

/** Ridge regression of 12 samples of 4 features; what is given is the data, the target and the penalty. */
type Args = [y: tf.Tensor, lambda: tf.Tensor];
const random = createRandom(5);
const gaussian = (size: number): Float64Array => Float64Array.from({ length: size }, () => random.normal());
const X = constant(gaussian(48), [12, 4]);
const y = constant(gaussian(12));
const lambda = constant(0.4);
const objective = (w: tf.Tensor, target: tf.Tensor, penalty: tf.Tensor): tf.Tensor => {
  const residual = tf.sub(tf.reshape(tf.matMul(X, tf.reshape(w, [4, 1])), [12]), target);
  return tf.add(tf.sum(tf.square(residual)), tf.mul(penalty, tf.sum(tf.square(w))));
};
const descent = (w: tf.Tensor, ...args: Args): tf.Tensor =>
  tf.sub(w, tf.mul(constant(0.02), gradientOf(objective)(w, ...args)));
const soft = (v: tf.Tensor, scaling: tf.Tensor, _: tf.Tensor, penalty: tf.Tensor): tf.Tensor =>
  implicit.proxLasso(v, penalty, scaling);

type Made = Solver<tf.Tensor, Args>;
const makers: Readonly<Record<string, (options: SolverOptions) => unknown>> = {
  'gradient descent': (o) => solvers.gradientDescent<tf.Tensor, Args>(objective, o),
  'gradient descent, fixed step': (o) =>
    solvers.gradientDescent<tf.Tensor, Args>(objective, { ...o, stepsize: 0.02, acceleration: false }),
  'proximal gradient': (o) => solvers.proximalGradient<tf.Tensor, Args>(objective, soft, o),
  'proximal gradient, fixed step': (o) =>
    solvers.proximalGradient<tf.Tensor, Args>(objective, soft, { ...o, stepsize: 0.02 }),
  'projected gradient': (o) =>
    solvers.projectedGradient<tf.Tensor, Args>(objective, (v) => implicit.projectionNonNegative(v), o),
  'L-BFGS': (o) => solvers.lbfgs<Args>(objective, o),
  'fixed-point iteration': (o) => solvers.fixedPointIteration<tf.Tensor, Args>(descent, o),
  newton: (o) =>
    solvers.newton<tf.Tensor, Args>(
      (w, ...args) => tf.add(gradientOf(objective)(w, ...args), tf.mul(w, tf.square(w))),
      o,
    ),
  anderson: (o) => solvers.anderson<tf.Tensor, Args>(descent, o),
  'mirror descent': (o) =>
    solvers.mirrorDescent<tf.Tensor, Args>(
      objective,
      (v) => v,
      (v) => v,
      { ...o, stepsize: 0.02 },
    ),
};
const start = (): tf.Tensor => constant([0.1, 0.2, -0.1, 0]);

const solverOf = (name: string, options: SolverOptions): Made => makers[name](options) as Made;

for (const name of Object.keys(makers)) {
  const make = (options: SolverOptions): Made => solverOf(name, options);
  describe(`compile(${name})`, () => {
    it('takes the steps of the solver, to rounding', () => {
      for (const maxIter of [1, 2, 3, 7, 5000]) {
        const solver = make({ maxIter, tol: 1e-10 });
        const compiled = compile(solver);
        const wanted = solver.solve(start(), y, lambda);
        const got = compiled.solve(start(), y, lambda);
        expect(got.status).toBe(wanted.status);
        // Towards the end rounding decides how many steps are left.
        const isWhole = maxIter > 7;
        expect(Math.abs(got.iterations - wanted.iterations)).toBeLessThanOrEqual(isWhole ? 5 : 0);
        const close = isWhole ? 1e-9 : 1e-12;
        expect(toFloat64(got.x)).toBeAllclose(toFloat64(wanted.x), { rtol: close, atol: close });
        if (!isWhole) expect([got.error]).toBeAllclose([wanted.error], { rtol: 1e-9, atol: 1e-12 });
        expect(compiled.report().iterations).toEqual({ path: 'plan', plans: 1, traces: 1 });
      }
    });

    it('solves for other arguments and other shapes', () => {
      const compiled = compile(make({ tol: 1e-9 }));
      const plain = make({ tol: 1e-9 });
      for (const [scale, penalty] of [
        [1, 0.1],
        [-2, 3],
      ]) {
        const args: Args = [tf.mul(y, constant(scale)), constant(penalty)];
        const wanted = toFloat64(plain.solve(start(), ...args).x);
        expect(toFloat64(compiled.solve(start(), ...args).x)).toBeAllclose(wanted, {
          rtol: 1e-11,
          atol: 1e-12,
        });
      }
      // A penalty for every unknown alone.
      compiled.solve(start(), y, tf.reshape(constant(0.3), [1]));
      expect(compiled.report().iterations).toEqual({ path: 'plan', plans: 2, traces: 2 });
    });

    it('says what the solver says where there is nothing to be found', () => {
      const bad = tf.mul(y, constant(NaN));
      const wanted = make({ maxIter: 50 }).solve(start(), bad, lambda);
      const { status, iterations, error } = compile(make({ maxIter: 50 })).solve(start(), bad, lambda);
      expect({ status, iterations, error }).toEqual({
        status: wanted.status,
        iterations: wanted.iterations,
        error: wanted.error,
      });
      expect(() => compile(make({})).run(start(), bad, lambda)).toThrow('no solution to differentiate');
    });

    it('holds nothing from one run to the next', () => {
      const compiled = compile(make({ maxIter: 5 }));
      const x0 = start();
      compiled.solve(x0, y, lambda).x.dispose();
      const before = tf.memory();
      for (let i = 0; i < 1000; i++) compiled.solve(x0, y, lambda).x.dispose();
      const after = tf.memory();
      expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
    });

    it('works on a backend of 32 bits', async () => {
      await tf.setBackend('cpu');
      try {
        const compiled = compile(make({ maxIter: 2000 }));
        const { x, status } = compiled.solve(start(), y, lambda);
        expect(status).toBe('converged');
        expect(compiled.report().iterations.path).toBe('plan');
        const wanted = implicit.inFloat64(() => toFloat64(make({}).solve(start(), y, lambda).x));
        expect(toFloat64(x)).toBeAllclose(wanted, { rtol: 1e-4, atol: 1e-4 });
      } finally {
        await tf.setBackend('float64');
      }
    });
  });
}

describe('compile(solver)', () => {
  it('solves for trees', () => {
    type Tree = { readonly w: tf.Tensor; readonly b: readonly tf.Tensor[] };
    const distance = ({ w, b }: Tree, target: Tree): tf.Tensor =>
      tf.add(tf.sum(tf.square(tf.sub(w, target.w))), tf.mul(3, tf.sum(tf.square(tf.sub(b[0], target.b[0])))));
    const target: Tree = { w: constant([[1, 2]]), b: [constant(5)] };
    const zero: Tree = { w: tf.zeros([1, 2]), b: [tf.zeros([])] };
    for (const solver of [solvers.lbfgs(distance), solvers.gradientDescent(distance)] as unknown[]) {
      const { x } = compile(solver as Solver<Tree, [Tree]>).solve(zero, target);
      expect(x.w.shape).toEqual([1, 2]);
      expect([...toFloat64(x.w), ...toFloat64(x.b[0])]).toBeAllclose([1, 2, 5], { rtol: 1e-9 });
    }
  });

  it('goes step by step where there is no other way, and says why', () => {
    const broyden = compile(solvers.broyden((x: tf.Tensor, t: tf.Tensor) => tf.sub(tf.square(x), t)));
    expect(toFloat64(broyden.solve(constant([1]), constant([4])).x)[0]).toBeCloseTo(2, 9);
    expect(broyden.report().iterations).toEqual({
      path: 'tape',
      reason: 'has no compiled form of its iterations',
      plans: 0,
      traces: 1,
    });
    const simplex = compile(
      solvers.projectedGradient(
        (x: tf.Tensor, t: tf.Tensor) => tf.sum(tf.square(tf.sub(x, t))),
        (v) => implicit.projectionL1Ball(v),
      ),
    );
    expect([...toFloat64(simplex.solve(tf.zeros([2]), constant([3, 0])).x)]).toBeAllclose([1, 0], {
      atol: 1e-9,
    });
    expect(simplex.report().iterations.reason).toMatch(/^reads the values/);
    expect(() =>
      compile(
        solvers.broyden((x: tf.Tensor) => x),
        { fallback: 'error' },
      ).solve(tf.zeros([1])),
    ).toThrow('the solver cannot be run as a plan: it has no compiled form of its iterations');
  });

  it('leaves errors as they are', () => {
    const solver = compile(solvers.lbfgs((x: tf.Tensor) => tf.square(x)));
    expect(() => solver.solve(tf.zeros([2]))).toThrow(
      'an objective must return one number in a tensor, got shape [2]',
    );
    const map = compile(solvers.fixedPointIteration((x: tf.Tensor) => tf.concat([x, x])));
    expect(() => map.solve(tf.zeros([2]))).toThrow('Operands could not be broadcast together');
    expect(() => map.solve(3 as never)).toThrow('the start holds no tensor');
  });

  it('is a solver like the one it was made of', () => {
    const solver = solverOf('L-BFGS', { maxIter: 30 });
    const again = compile(compile(solver));
    const { x } = again.solve(start(), y, lambda);
    expect(toFloat64(x)).toBeAllclose(toFloat64(solver.solve(start(), y, lambda).x), { rtol: 1e-9 });
    const state = again.step(again.init(start(), y, lambda), y, lambda);
    expect(again.stats(state).iterations).toBe(1);
    const gradient = (s: Made): Float64Array =>
      toFloat64(tf.grad((l: tf.Tensor) => tf.sum(s.run(start(), y, l)))(lambda));
    expect(gradient(again)).toBeAllclose(gradient(solver), { rtol: 1e-7 });
  });
});
