import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as implicit from '../../../../core/implicit/index.ts';
import type { Solver, SolverOptions } from '../../../../core/implicit/solvers/solver.ts';

const { compile, constant, gradientOf, solvers, toFloat64 } = implicit;
implicit.registerFloat64Backend();
const former = tf.getBackend();
// The constants below are made in 64 bits.
void tf.setBackend('float64');
beforeAll(() => void tf.setBackend('float64'));
afterAll(() => {
  if (former) void tf.setBackend(former);
});

/** Ridge regression with all it is made of as arguments: data, target, penalty. */
type Args = [X: tf.Tensor, y: tf.Tensor, lambda: tf.Tensor];
const numbers = (size: number, seed: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + seed));
const args: Args = [constant(numbers(24, 1), [8, 3]), constant(numbers(8, 2)), constant(0.3)];
const objective = (w: tf.Tensor, X: tf.Tensor, y: tf.Tensor, lambda: tf.Tensor): tf.Tensor => {
  const residual = tf.sub(tf.reshape(tf.matMul(X, tf.reshape(w, [3, 1])), [8]), y);
  return tf.add(tf.sum(tf.square(residual)), tf.mul(lambda, tf.sum(tf.square(w))));
};
const descent = (w: tf.Tensor, ...given: Args): tf.Tensor =>
  tf.sub(w, tf.mul(constant(0.03), gradientOf(objective)(w, ...given)));
const residuals = (w: tf.Tensor, X: tf.Tensor, y: tf.Tensor, lambda: tf.Tensor): tf.Tensor =>
  tf.concat([tf.sub(tf.reshape(tf.matMul(X, tf.reshape(w, [3, 1])), [8]), y), tf.mul(tf.sqrt(lambda), w)]);

type Made = Solver<tf.Tensor, Args>;
const makers: Readonly<Record<string, (options: SolverOptions) => unknown>> = {
  'gradient descent': (o) => solvers.gradientDescent<tf.Tensor, Args>(objective, o),
  'proximal gradient': (o) =>
    solvers.proximalGradient<tf.Tensor, Args>(
      objective,
      (v, eta, _, __, l) => implicit.proxLasso(v, l, eta),
      o,
    ),
  'proximal gradient, fixed step': (o) =>
    solvers.proximalGradient<tf.Tensor, Args>(
      objective,
      (v, eta, _, __, l) => implicit.proxElasticNet(v, { l1: l, gamma: 0.5 }, eta),
      { ...o, stepsize: 0.03 },
    ),
  'projected gradient': (o) =>
    solvers.projectedGradient<tf.Tensor, Args>(objective, (v) => implicit.projectionNonNegative(v), o),
  'L-BFGS': (o) => solvers.lbfgs<Args>(objective, o),
  'fixed-point iteration': (o) => solvers.fixedPointIteration<tf.Tensor, Args>(descent, o),
  anderson: (o) => solvers.anderson<tf.Tensor, Args>(descent, o),
  newton: (o) => solvers.newton<tf.Tensor, Args>(gradientOf(objective), o),
  'Gauss-Newton': (o) => solvers.gaussNewton<Args>(residuals, o),
};

/** Gradients of a sum of w, weighted, by all arguments, and the reports of how they came about. */
function gradients(solver: Made, given: Args = args): readonly Float64Array[] {
  return tf.tidy(() => {
    const weights = constant([1, -2, 0.5]);
    const value = (...all: tf.Tensor[]): tf.Tensor =>
      tf.sum(tf.mul(weights, solver.run(tf.zeros([3]), ...(all as Args))));
    return tf.grads(value)(given).map(toFloat64) as never;
  }) as readonly Float64Array[];
}

for (const name of Object.keys(makers)) {
  it(`compiled gradients of ${name} by every argument are those of the tape`, () => {
    for (const solve of [undefined, 'normal-cg'] as const) {
      const options: SolverOptions = {
        tol: 1e-11,
        maxIter: 20_000,
        implicit: { ...(solve ? { solve } : {}) },
      };
      const compiled = compile(makers[name](options) as Made);
      const wanted = gradients(makers[name](options) as Made);
      const before = tf.memory().numTensors;
      const got = gradients(compiled);
      expect(tf.memory().numTensors).toBe(before);
      expect(compiled.report().derivative).toEqual({ path: 'plan', plans: 1, traces: 1 });
      got.forEach((gradient, i) => expect(gradient).toBeAllclose(wanted[i], { rtol: 1e-8, atol: 1e-9 }));
    }
  });
}

describe('a compiled derivative', () => {
  const compiledRidge = (more: SolverOptions = {}): ReturnType<typeof compile<tf.Tensor, Args, unknown>> =>
    compile(solvers.lbfgs<Args>(objective, { tol: 1e-10, ...more }) as unknown as Made);

  it('keeps the factorisation while the point stays the same, and only then', () => {
    const compiled = compiledRidge();
    const first = gradients(compiled);
    expect(gradients(compiled)).toEqual(first);
    const moved: Args = [args[0], args[1], constant(2)];
    const wanted = gradients(solvers.lbfgs<Args>(objective, { tol: 1e-10 }) as unknown as Made, moved);
    gradients(compiled, moved).forEach((gradient, i) =>
      expect(gradient).toBeAllclose(wanted[i], { rtol: 1e-7, atol: 1e-9 }),
    );
    expect(gradients(compiled)).toEqual(first);
  });

  it('serves two solutions in one gradient', () => {
    const value = (solver: Made) => (lambda: tf.Tensor) => {
      const near = solver.run(tf.zeros([3]), args[0], args[1], lambda);
      const far = solver.run(tf.zeros([3]), args[0], args[1], tf.mul(lambda, 5));
      return tf.sum(tf.mul(near, far));
    };
    const solver = solvers.lbfgs<Args>(objective, { tol: 1e-10 }) as unknown as Made;
    const wanted = toFloat64(tf.grad(value(solver))(constant(0.3)));
    expect(toFloat64(tf.grad(value(compile(solver)))(constant(0.3)))).toBeAllclose(wanted, { rtol: 1e-7 });
  });

  it('has the precision of a backend of 32 bits there', async () => {
    const wanted = gradients(compiledRidge());
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend);
      await tf.ready();
      const given = args.map((tensor) => constant(toFloat64(tensor), tensor.shape)) as Args;
      const compiled = compile(solvers.lbfgs<Args>(objective) as unknown as Made);
      gradients(compiled, given).forEach((gradient, i) =>
        expect(gradient).toBeAllclose(wanted[i], { rtol: 1e-4, atol: 1e-4 }),
      );
      expect(compiled.report().derivative.path).toBe('plan');
    }
    await tf.setBackend('float64');
  });

  it('leaves second derivatives to the tape, and says so', () => {
    const compiled = compiledRidge();
    const value = (solver: Made) => (lambda: tf.Tensor) =>
      tf.sum(solver.run(tf.zeros([3]), args[0], args[1], lambda));
    const second = (solver: Made): Float64Array =>
      toFloat64(tf.grad((l: tf.Tensor) => tf.grad(value(solver))(l))(constant(0.3)));
    const plain = solvers.lbfgs<Args>(objective, { tol: 1e-10 }) as unknown as Made;
    expect(second(compiled)).toBeAllclose(second(plain), { rtol: 1e-7 });
    expect(compiled.report().derivative.reason).toBe('is differentiated more than once');
  });

  it('leaves tensors that the condition closes over to the tape where a gradient depends on them', () => {
    const value = (lambda: tf.Tensor): tf.Tensor => {
      const compiled = compile(
        solvers.lbfgs<[tf.Tensor]>((w, y) => objective(w, args[0], y, lambda), { tol: 1e-10 }),
      );
      const w = compiled.run(tf.zeros([3]), args[1]);
      expect(compiled.report().derivative.reason).toBe('closes over a tensor that the gradient depends on');
      return tf.sum(w);
    };
    const asArgument = (lambda: tf.Tensor): tf.Tensor =>
      tf.sum(compiledRidge().run(tf.zeros([3]), args[0], args[1], lambda));
    const wanted = toFloat64(tf.grad(asArgument)(constant(0.3)));
    expect(toFloat64(tf.grad(value)(constant(0.3)))).toBeAllclose(wanted, { rtol: 1e-7 });
  });

  it('reports what the tape reports: residuals, kinks, singular systems', () => {
    type Two = [t: tf.Tensor];
    const flat = (x: tf.Tensor, t: tf.Tensor): tf.Tensor =>
      tf.sum(tf.square(tf.sub(tf.slice(x, [0], [1]), tf.slice(t, [0], [1]))));
    const kink = (x: tf.Tensor, t: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(x, 0.5), tf.relu(tf.sub(t, tf.abs(t))));
    const made: readonly ((o: SolverOptions) => Solver<tf.Tensor, Two>)[] = [
      (o) => solvers.lbfgs<Two>(flat, o) as unknown as Solver<tf.Tensor, Two>,
      (o) => solvers.fixedPointIteration<tf.Tensor, Two>(kink, o) as unknown as Solver<tf.Tensor, Two>,
    ];
    for (const make of made) {
      const reports: implicit.DerivativeReport[] = [];
      const options = {
        tol: 1e-9,
        implicit: { onDerivative: (r: implicit.DerivativeReport) => reports.push(r) },
      };
      for (const solver of [make(options), compile(make(options))])
        tf.grad((t: tf.Tensor) => tf.sum(solver.run(constant([1, 2]), t)))(constant([3, 4]));
      expect(reports[1].fallbacks).toEqual(reports[0].fallbacks);
      expect(reports[0].fallbacks.length).toBeGreaterThan(0);
      expect(reports[1].linear.status).toBe(reports[0].linear.status);
      expect([reports[1].optimality, reports[1].displacement]).toBeAllclose(
        [reports[0].optimality, reports[0].displacement],
        { atol: 1e-12 },
      );
    }
  });

  it('refuses a point that solves nothing, as the tape does', () => {
    const options: SolverOptions = { maxIter: 1, implicit: { unsolved: 'throw' } };
    const compiled = compile(
      solvers.gradientDescent<tf.Tensor, Args>(objective, { ...options, stepsize: 1e-4 }),
    );
    expect(() => gradients(compiled as unknown as Made)).toThrow(
      'the point does not solve the optimality condition',
    );
    const before = tf.memory().numTensors;
    expect(() => gradients(compiled as unknown as Made)).toThrow('does not solve');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('holds nothing over a thousand gradients', () => {
    const compiled = compiledRidge({ maxIter: 20 });
    gradients(compiled);
    const before = tf.memory();
    for (let i = 0; i < 1000; i++) gradients(compiled, [args[0], args[1], constant(0.3)]);
    const after = tf.memory();
    // The thousand penalties are the test's own.
    expect([after.numTensors, after.numDataBuffers]).toEqual([
      before.numTensors + 1000,
      before.numDataBuffers + 1000,
    ]);
  });
});

const timing = path.join(import.meta.dirname, '../../../../../shared/reference/implicit-2/timing.json');
interface Given {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

describe.skipIf(!existsSync(timing))('the two timing problems (reference values in ../shared)', () => {
  it('come out as the reference says, solution and hyper-gradient', () => {
    const file = JSON.parse(readFileSync(timing, 'utf8')) as Record<'X' | 'y' | 'Xv' | 'yv', Given> & {
      problems: readonly {
        theta?: number;
        lam?: number;
        lipschitz?: number;
        solution: Given;
        hyper_gradient: number;
      }[];
    };
    const [X, y, Xv, yv] = (['X', 'y', 'Xv', 'yv'] as const).map((name) =>
      constant(Float64Array.from(file[name].data), file[name].shape),
    );
    const misfit = (w: tf.Tensor, data: tf.Tensor, target: tf.Tensor): tf.Tensor =>
      tf.sum(tf.square(tf.sub(tf.reshape(tf.matMul(data, tf.reshape(w, [100, 1])), [target.size]), target)));
    const ridge = solvers.lbfgs<[tf.Tensor]>(
      (w, theta) => tf.mul(0.5, tf.add(misfit(w, X, y), tf.mul(theta, tf.sum(tf.square(w))))),
      { tol: 1e-9 },
    );
    const lasso = solvers.proximalGradient<tf.Tensor, [tf.Tensor]>(
      (w) => tf.mul(constant(1 / 400), misfit(w, X, y)),
      (v, eta, l1) => implicit.proxLasso(v, l1, eta),
      { tol: 1e-9, stepsize: 1 / file.problems[1].lipschitz! },
    );
    file.problems.forEach((problem, i) => {
      const solver = compile([ridge, lasso][i] as unknown as Solver<tf.Tensor, [tf.Tensor]>);
      const theta = constant(problem.theta ?? problem.lam!);
      const { x, status } = solver.solve(tf.zeros([100]), theta);
      expect(status).toBe('converged');
      expect(toFloat64(x)).toBeCloseInNorm(problem.solution.data, 1e-6);
      const outer = (t: tf.Tensor): tf.Tensor =>
        tf.mul(constant(0.01), misfit(solver.run(tf.zeros([100]), t), Xv, yv));
      const [gradient] = toFloat64(tf.grad(outer)(theta));
      expect(Math.abs(gradient / problem.hyper_gradient - 1)).toBeLessThan(1e-6);
      expect(solver.report().iterations.path).toBe('plan');
      expect(solver.report().derivative.path).toBe('plan');
    });
  });
});
