import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import * as implicit from '../../../core/implicit/index.ts';
import { constant, solvers, toFloat64 } from '../../../core/implicit/index.ts';

const square = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), t);
const precisely = (run: () => void): void => implicit.inFloat64(() => void tf.tidy(run));
/** A solver of x² = t that is off by a part of x. */
const wrongBy =
  (part: number) =>
  (_: null, t: tf.Tensor): tf.Tensor =>
    tf.mul(constant(1 + part), tf.sqrt(t));
const gradientOf = (part: number, options: implicit.ImplicitOptions): number =>
  toFloat64(
    tf.grad((t) => tf.sum(implicit.customRoot(square, options)(wrongBy(part))(null, t)))(constant([400])),
  )[0];

describe('what a derivative says of itself', () => {
  it('‖F‖, how far off the point is, the linear solve, and the fall-backs', () => {
    precisely(() => {
      const [x, t, v] = [constant([20.2]), constant([400]), constant([1])];
      const { optimality, displacement, linear, fallbacks, value } = implicit.rootVjp(square, x, [t], v);
      expect(optimality).toBeCloseTo(20.2 ** 2 - 400, 9);
      // The Newton step, (x² - t) / 2x, as a part of x.
      expect(displacement).toBeCloseTo((20.2 ** 2 - 400) / (2 * 20.2 ** 2), 9);
      expect(linear).toMatchObject({ status: 'converged' });
      expect(fallbacks).toEqual([]);
      expect(toFloat64(value[0])).toBeAllclose([1 / 40.4], { rtol: 1e-12 });
      const others = [implicit.rootJvp(square, x, [t], [v]), implicit.rootJacobian(square, x, [t])] as const;
      for (const other of others) {
        expect(other.optimality).toBe(optimality);
        expect(other.displacement).toBeCloseTo(displacement, 9);
      }
      const typed: tf.Tensor = others[1].value[0];
      expect(typed.shape).toEqual([1, 1]);
    });
  });

  it('the Jacobian of trees has trees of tensors, by type too', () => {
    precisely(() => {
      const root = (x: { a: tf.Tensor }, p: { t: tf.Tensor; k: number }) => ({
        a: tf.sub(x.a, tf.mul(p.k, p.t)),
      });
      const { value } = implicit.rootJacobian(root, { a: constant([6, 9]) }, [{ t: constant([2, 3]), k: 3 }]);
      expect(toFloat64(value.a[0].t)).toBeAllclose([3, 0, 0, 3], { rtol: 1e-12 });
    });
  });

  it('gradients pass the same report to onDerivative', () => {
    precisely(() => {
      const reports: implicit.DerivativeReport[] = [];
      gradientOf(0, { onDerivative: (report) => reports.push(report) });
      expect(reports).toHaveLength(1);
      expect(reports[0]).toMatchObject({ fallbacks: [], linear: { status: 'converged' } });
      expect(reports[0].displacement).toBeLessThan(1e-12);
    });
  });

  it('a piece of F on its kink makes the derivative one-sided', () => {
    precisely(() => {
      const kinked = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.add(x, tf.relu(x)), t);
      const at = (x: number) => implicit.rootVjp(kinked, constant([x]), [constant([2 * x])], constant([1]));
      expect(at(0).fallbacks).toEqual(['one-sided']);
      expect(at(1e-6).fallbacks).toEqual([]);
      // Zeros of data that F passes through a ReLU are no kink of F.
      const data = constant([0]);
      const shifted = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.add(tf.sub(x, t), tf.relu(data));
      expect(implicit.rootVjp(shifted, constant([1]), [constant([1])], constant([1])).fallbacks).toEqual([]);
    });
  });
});

describe('a point that does not solve the condition', () => {
  it('is warned of once for each wrapped function, thrown or accepted, as the options say', () => {
    precisely(() => {
      const heard: string[] = [];
      const onWarning = (message: string): void => void heard.push(message);
      const solve = implicit.customRoot(square, { onWarning })(wrongBy(0.01));
      const gradient = tf.grad((t) => tf.sum(solve(null, t)));
      for (let i = 0; i < 3; i++)
        expect(toFloat64(gradient(constant([400])))).toBeAllclose([1 / 40.4], { rtol: 1e-9 });
      expect(heard).toHaveLength(1);
      expect(heard[0]).toMatch(
        /^implicit derivative: the point does not solve the optimality condition: ‖F‖ = 8\.04/,
      );
      expect(() => gradientOf(0.01, { unsolved: 'throw', onWarning })).toThrow(
        expect.objectContaining({ code: 'not-solved' }),
      );
      gradientOf(0.01, { unsolved: 'accept', onWarning });
      gradientOf(0.01, { unsolvedAbove: 0.1, onWarning });
      gradientOf(1e-6, { onWarning });
      expect(heard).toHaveLength(1);
    });
  });

  it('goes to the console where nobody listens', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    precisely(() => void gradientOf(0.01, {}));
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('a solver out of iterations warns once, unless someone listens or it is meant', () => {
    precisely(() => {
      const objective = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.sub(x, t)));
      const heard: string[] = [];
      const options = { maxIter: 2, stepsize: 0.01, acceleration: false };
      const onWarning = (message: string): void => void heard.push(message);
      const run = (more: solvers.ProximalGradientOptions): void => {
        const solver = solvers.gradientDescent<tf.Tensor, [tf.Tensor]>(objective, { ...options, ...more });
        for (let i = 0; i < 2; i++) solver.run(tf.zeros([2]), constant([1, 2]));
      };
      run({ implicit: { onWarning } });
      expect(heard).toHaveLength(1);
      expect(heard[0]).toMatch(/^solver: stopped after 2 iterations with error 4\.\d+, above tol 1e-10/);
      run({ implicit: { onWarning, unsolved: 'accept' } });
      run({ implicit: { onWarning }, onSolved: () => undefined });
      expect(heard).toHaveLength(1);
    });
  });

  it('32 bits of rounding are not taken for it', async () => {
    await tf.setBackend('cpu');
    const heard: string[] = [];
    const objective = (x: tf.Tensor, t: tf.Tensor): tf.Tensor =>
      tf.add(tf.sum(tf.square(tf.sub(x, t))), tf.sum(tf.softplus(x)));
    const solver = solvers.lbfgs<[tf.Tensor]>(objective, { implicit: { onWarning: (m) => heard.push(m) } });
    tf.tidy(() => tf.grad((t) => tf.sum(solver.run(tf.zeros([3]), t)))(tf.tensor1d([100, -3, 0.5])));
    expect(heard).toEqual([]);
  });
});

describe('mistakes that would come out as an error of TensorFlow.js', () => {
  it('a solver called without its start', () => {
    precisely(() => {
      const t = constant([4]);
      const solve = implicit.customRoot(square)((_: null, s: tf.Tensor) => tf.sqrt(s)) as unknown as (
        t: tf.Tensor,
      ) => tf.Tensor;
      const message = 'customRoot: the condition takes 1 argument after the solution, got 0';
      expect(() => solve(t)).toThrow(message);
      expect(() => tf.grad((s) => tf.sum(solve(s)))(t)).toThrow(message);
      const objective = (x: tf.Tensor, s: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.sub(x, s)));
      type Run = { run: (t: tf.Tensor) => tf.Tensor };
      for (const solver of [
        solvers.lbfgs(objective),
        solvers.gradientDescent(objective),
        solvers.projectedGradient(objective, (x: tf.Tensor) => tf.relu(x)),
        solvers.fixedPointIteration((x: tf.Tensor, s: tf.Tensor) => tf.mul(0.5, tf.add(x, s))),
        solvers.newton(square),
      ]) {
        expect(() => (solver as unknown as Run).run(t)).toThrow(
          'solver: the condition takes 1 argument after the solution, got 0',
        );
      }
      expect(() => (solvers.lbfgs(objective) as unknown as { run: () => tf.Tensor }).run()).toThrow(
        'solver: the start holds no tensor',
      );
    });
  });

  it('nothing to differentiate by names Maps, which are not looked into', () => {
    precisely(() => {
      type Held = Map<string, tf.Tensor>;
      const root = (x: tf.Tensor, held: Held): tf.Tensor => square(x, held.get('t')!);
      const call = () =>
        implicit.rootVjp(root, constant([2]), [new Map([['t', constant([4])]])], constant([1]));
      expect(call).toThrow(
        expect.objectContaining({
          code: 'not-differentiable',
          hint: expect.stringContaining('Map') as string,
        }),
      );
      expect(() =>
        implicit.attachRoot(square)(new Map([['x', constant([2])]]) as never, constant([4])),
      ).toThrow('the solution holds no tensor');
    });
  });
});

describe('block coordinate descent without step sizes', () => {
  it('finds them by itself, for blocks of very different curvature, and differentiates', () => {
    precisely(() => {
      type Args = [tf.Tensor];
      const objective = (x: readonly tf.Tensor[], t: tf.Tensor): tf.Tensor =>
        tf.addN([
          tf.mul(constant(500), tf.sum(tf.square(tf.sub(x[0], t)))),
          tf.mul(constant(0.01), tf.sum(tf.square(tf.sub(x[1], tf.mul(2, t))))),
          tf.mul(constant(0.01), tf.sum(tf.mul(x[0], x[1]))),
        ]);
      const solver = solvers.blockCoordinateDescent<Args>(objective, (y) => tf.clone(y), { tol: 1e-10 });
      const start = [tf.zeros([2]), tf.zeros([2])];
      const { status, x } = solver.solve(start, constant([1, 2]));
      expect(status).toBe('converged');
      // 1000 (x₀ - t) + 0.01 x₁ = 0 and 0.02 (x₁ - 2t) + 0.01 x₀ = 0.
      const second = (2 - 0.5) / (1 - 0.5e-5);
      const first = 1 - 1e-5 * second;
      expect(toFloat64(x[0])).toBeAllclose([first, 2 * first], { rtol: 1e-8 });
      const gradient = tf.grad((t) => tf.sum(solver.run(start, t)[0]))(constant([1, 2]));
      expect(toFloat64(gradient)).toBeAllclose([first, first], { rtol: 1e-7 });
    });
  });
});
