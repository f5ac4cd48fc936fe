import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as implicit from '../../../../core/implicit/index.ts';
import type { Solver, SolverOptions } from '../../../../core/implicit/solvers/solver.ts';
import { createRandom } from '../../../../core/random.ts';

const { constant, solvers, toFloat64 } = implicit;
implicit.registerFloat64Backend();

/*
 * Ridge regression ½‖Xw - y‖² + λ/2 ‖w‖² by every solver that can take it. At any iterate w the implicit derivative of
 * c · w is -cᵀH⁻¹w with H = XᵀX + λI, so its error is at most ‖H⁻¹c‖ times the iterate's: theorem 1 of Blondel et al. with
 * its constant.
 */
const [SAMPLES, FEATURES, LAMBDA] = [12, 4, 0.7];

interface Problem {
  readonly X: tf.Tensor;
  readonly y: tf.Tensor;
  readonly c: tf.Tensor;
  readonly stepsize: number;
}

function problem(seed: number): Problem {
  const random = createRandom(seed);
  const normals = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
  const X = constant(
    normals(SAMPLES * FEATURES).map((v) => v / 3),
    [SAMPLES, FEATURES],
  );
  // The trace bounds the largest curvature.
  const stepsize = 1 / (toFloat64(tf.sum(tf.square(X)))[0] + LAMBDA);
  return { X, y: constant(normals(SAMPLES)), c: constant(normals(FEATURES)), stepsize };
}

const column = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size, 1]);
const flat = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size]);
type Args = [tf.Tensor];
type RidgeSolver = Solver<unknown, Args>;

function exact({ X, y, c }: Problem): { w: tf.Tensor; gradient: number; bound: number } {
  const hessian = tf.add(tf.matMul(X, X, true), tf.mul(constant(LAMBDA), tf.eye(FEATURES)));
  const w = implicit.solveSystem(hessian, flat(tf.matMul(X, column(y), true)));
  const adjoint = implicit.solveSystem(hessian, c);
  return {
    w,
    gradient: -toFloat64(tf.sum(tf.mul(adjoint, w)))[0],
    bound: toFloat64(tf.norm(adjoint))[0],
  };
}

const makers: Readonly<Record<string, (p: Problem, options: SolverOptions) => unknown>> = {
  'gradient descent': (p, o) => solvers.gradientDescent<tf.Tensor, Args>(ridge(p), o),
  'gradient descent, fixed step': (p, o) =>
    solvers.gradientDescent<tf.Tensor, Args>(ridge(p), {
      ...o,
      stepsize: p.stepsize,
      acceleration: false,
    }),
  'proximal gradient': (p, o) => solvers.proximalGradient<tf.Tensor, Args>(ridge(p), (v) => v, o),
  'projected gradient': (p, o) =>
    solvers.projectedGradient<tf.Tensor, Args>(ridge(p), (v) => implicit.projectionL2Ball(v, 1e3), o),
  'mirror descent': (p, o) =>
    solvers.mirrorDescent<tf.Tensor, Args>(
      ridge(p),
      (v) => v,
      (v) => v,
      { ...o, stepsize: p.stepsize },
    ),
  'block coordinate descent': (p, o) =>
    solvers.blockCoordinateDescent<Args>(
      (blocks, lambda) => ridge(p)(tf.concat([...blocks]), lambda),
      (v) => v,
      { ...o, stepsizes: p.stepsize },
    ),
  newton: (p, o) => solvers.newton<tf.Tensor, Args>(implicit.gradientOf(ridge(p)), o),
  broyden: (p, o) => solvers.broyden<tf.Tensor, Args>(implicit.gradientOf(ridge(p)), o),
  'L-BFGS': (p, o) => solvers.lbfgs<Args>(ridge(p), o),
  'fixed-point iteration': (p, o) => solvers.fixedPointIteration<tf.Tensor, Args>(gradientStep(p), o),
  anderson: (p, o) => solvers.anderson<tf.Tensor, Args>(gradientStep(p), o),
  'Gauss-Newton': (p, o) => solvers.gaussNewton<Args>(residuals(p), o),
  'Levenberg-Marquardt': (p, o) => solvers.levenbergMarquardt<Args>(residuals(p), o),
};

function residuals({ X, y }: Problem): (w: tf.Tensor, lambda: tf.Tensor) => tf.Tensor {
  return (w, lambda) => tf.concat([tf.sub(flat(tf.matMul(X, column(w))), y), tf.mul(tf.sqrt(lambda), w)]);
}
function ridge(p: Problem): (w: tf.Tensor, lambda: tf.Tensor) => tf.Tensor {
  return (w, lambda) => tf.mul(0.5, tf.sum(tf.square(residuals(p)(w, lambda))));
}
function gradientStep(p: Problem): (w: tf.Tensor, lambda: tf.Tensor) => tf.Tensor {
  const gradient = implicit.gradientOf(ridge(p));
  return (w, lambda) => tf.sub(w, tf.mul(constant(p.stepsize), gradient(w, lambda)));
}

const startOf = (name: string): unknown =>
  name.startsWith('block') ? [tf.zeros([2]), tf.zeros([2])] : tf.zeros([FEATURES]);
const joined = (x: unknown): tf.Tensor => (Array.isArray(x) ? tf.concat(x as tf.Tensor[]) : (x as tf.Tensor));

/** How far a run of at most `maxIter` steps is from the truth: its iterate, and its derivative of c · w by λ. */
function errorsAfter(
  name: string,
  p: Problem,
  options: SolverOptions,
): { iterate: number; gradient: number } {
  const solver = makers[name](p, options) as RidgeSolver;
  const truth = exact(p);
  const { x } = solver.solve(startOf(name), constant(LAMBDA));
  const value = (lambda: tf.Tensor): tf.Tensor =>
    tf.sum(tf.mul(p.c, joined(solver.run(startOf(name), lambda))));
  const gradient = toFloat64(tf.grad(value)(constant(LAMBDA)))[0];
  return {
    iterate: toFloat64(tf.norm(tf.sub(joined(x), truth.w)))[0],
    gradient: Math.abs(gradient - truth.gradient),
  };
}

for (const name of Object.keys(makers)) {
  describe(`ridge regression by ${name}`, () => {
    beforeAll(() => void tf.setBackend('float64'));

    it('the error of the gradient is at most the theorem’s multiple of the error of the iterate', () => {
      tf.tidy(() => {
        for (const seed of [1, 2]) {
          const p = problem(seed);
          const { bound } = exact(p);
          for (const maxIter of [1, 3, 9]) {
            const { iterate, gradient } = errorsAfter(name, p, {
              maxIter,
              tol: 0,
              implicit: { unsolved: 'accept' },
            });
            expect(gradient, `${maxIter} steps`).toBeLessThanOrEqual(bound * iterate * (1 + 1e-9) + 1e-13);
          }
        }
      });
    });

    it('converges to the closed form and its derivative', () => {
      tf.tidy(() => {
        const { iterate, gradient } = errorsAfter(name, problem(3), { tol: 1e-10, maxIter: 20_000 });
        expect(iterate).toBeLessThan(1e-9);
        expect(gradient).toBeLessThan(1e-9);
      });
    });

    for (const backend of ['cpu', 'wasm']) {
      it(`does so on the ${backend} backend to single precision, leaking nothing`, async () => {
        await tf.setBackend(backend);
        await tf.ready();
        const held = tf.memory().numTensors;
        tf.tidy(() => {
          const { iterate, gradient } = errorsAfter(name, problem(4), { maxIter: 400 });
          expect(iterate).toBeLessThan(1e-4);
          expect(gradient).toBeLessThan(1e-4);
        });
        expect(tf.memory().numTensors).toBe(held);
      });
    }
  });
}

afterAll(() => tf.disposeVariables());
