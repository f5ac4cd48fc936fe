import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as implicit from '../../../../core/implicit/index.ts';
import type { SolverStats } from '../../../../core/implicit/solvers/solver.ts';

const { compile, constant, inFloat64, lineSearch, solvers, toFloat64 } = implicit;

type Objective = (x: tf.Tensor) => tf.Tensor;
type Ended = SolverStats & { readonly x: tf.Tensor };
const unbounded = (x: tf.Tensor): { lower: tf.Tensor; upper: tf.Tensor } => ({
  lower: tf.fill(x.shape, -Infinity),
  upper: tf.fill(x.shape, Infinity),
});

/** Every solver that goes downhill by values of f. */
const descents: Readonly<Record<string, (f: Objective, x0: tf.Tensor) => Ended>> = {
  lbfgs: (f, x0) => solvers.lbfgs<[]>(f).solve(x0),
  'lbfgs, compiled': (f, x0) => compile(solvers.lbfgs<[]>(f), { fallback: 'error' }).solve(x0),
  bfgs: (f, x0) => solvers.bfgs<[]>(f).solve(x0),
  'bfgs, backtracking': (f, x0) =>
    solvers.bfgs<[]>(f, { lineSearch: { method: 'backtracking', condition: 'wolfe' } }).solve(x0),
  'bfgs, hager-zhang': (f, x0) => solvers.bfgs<[]>(f, { lineSearch: { method: 'hager-zhang' } }).solve(x0),
  nonlinearCg: (f, x0) => solvers.nonlinearCg<[]>(f).solve(x0),
  'nonlinearCg, hager-zhang': (f, x0) =>
    solvers.nonlinearCg<[]>(f, { lineSearch: { method: 'hager-zhang' } }).solve(x0),
  lbfgsb: (f, x0) => solvers.lbfgsb<[]>(f).solve(x0, unbounded(x0)),
  gradientDescent: (f, x0) => solvers.gradientDescent<tf.Tensor, []>(f).solve(x0),
  'gradientDescent, compiled': (f, x0) =>
    compile(solvers.gradientDescent<tf.Tensor, []>(f), { fallback: 'error' }).solve(x0),
  armijoSgd: (f, x0) => solvers.armijoSgd<tf.Tensor, []>(f).solve(x0),
};

/** Solvers by what they take besides. */
const others: Readonly<Record<string, (f: Objective, x0: tf.Tensor) => Ended>> = {
  'gradientDescent, fixed step': (f, x0) =>
    solvers.gradientDescent<tf.Tensor, []>(f, { stepsize: 0.1 }).solve(x0),
  polyakSgd: (f, x0) => solvers.polyakSgd<tf.Tensor, []>(f).solve(x0),
  proximalGradient: (f, x0) =>
    solvers.proximalGradient<tf.Tensor, []>(f, (v) => implicit.projectionNonNegative(v)).solve(x0),
  newton: (f, x0) => solvers.newton<tf.Tensor, []>(f).solve(x0),
  broyden: (f, x0) => solvers.broyden<tf.Tensor, []>(f).solve(x0),
  fixedPointIteration: (f, x0) => solvers.fixedPointIteration<tf.Tensor, []>(f).solve(x0),
  anderson: (f, x0) => solvers.anderson<tf.Tensor, []>(f).solve(x0),
  gaussNewton: (f, x0) => solvers.gaussNewton<[]>(f).solve(x0),
  levenbergMarquardt: (f, x0) => solvers.levenbergMarquardt<[]>(f).solve(x0),
};
const wantsVector = new Set([
  'newton',
  'broyden',
  'fixedPointIteration',
  'anderson',
  'gaussNewton',
  'levenbergMarquardt',
]);

describe('minima that are far away', () => {
  for (const [name, solve] of Object.entries(descents)) {
    for (const distance of [1e6, 1e14, 1e30]) {
      it(`${name} goes ${distance}`, () =>
        inFloat64(() =>
          tf.tidy(() => {
            const target = constant([distance, 1]);
            const { status, x, iterations } = solve(
              (p) => tf.sum(tf.square(tf.sub(p, target))),
              tf.zeros([2]),
            );
            expect({ status, far: toFloat64(x)[0] / distance }).toEqual({ status: 'converged', far: 1 });
            // The other unknown is 1, or lost to rounding beside the first.
            if (distance < 1e10) expect(toFloat64(x)[1]).toBeCloseTo(1, 6);
            expect(iterations).toBeLessThan(100);
          }),
        ));
    }
  }
});

describe('values that are not finite', () => {
  const infinite: Readonly<Record<string, Objective>> = {
    'f is infinite at the start': (x) => tf.sum(tf.div(constant(1), tf.square(x))),
    'f overflows at the start': (x) => tf.sum(tf.exp(tf.add(tf.square(x), constant(1e4)))),
    'f is not a number at the start': (x) => tf.sum(tf.log(tf.sub(x, constant(1)))),
  };
  for (const [what, f] of Object.entries(infinite)) {
    for (const [name, solve] of Object.entries({ ...descents, ...others })) {
      // A fixed step asks for slopes alone, and these are finite there.
      if (name.endsWith('fixed step') && what.includes('not a number')) continue;
      it(`${what}: ${name} has diverged at once`, () =>
        inFloat64(() =>
          tf.tidy(() => {
            const run: Objective = wantsVector.has(name) ? (x) => tf.mul(tf.onesLike(x), f(x)) : f;
            const { status, iterations } = solve(run, tf.zeros([2]));
            expect(status).toBe('diverged');
            expect(iterations).toBeLessThanOrEqual(2);
          }),
        ));
    }
  }
});

describe('lines and functions that fall without end', () => {
  const falling: Readonly<Record<string, Objective>> = {
    'a slope': (x) => tf.neg(tf.sum(x)),
    'a hill': (x) => tf.neg(tf.sum(tf.square(tf.add(x, constant(1))))),
    'a hill whose values are no numbers far out': (x) =>
      tf.sum(tf.sub(tf.square(x), tf.mul(constant(2), tf.square(tf.add(x, constant(1)))))),
  };
  for (const [what, f] of Object.entries(falling)) {
    for (const method of ['backtracking', 'zoom', 'hager-zhang'] as const) {
      it(`${what}: ${method} says unbounded`, () =>
        inFloat64(() =>
          tf.tidy(() => {
            const { status, step } = lineSearch(f, { method })(constant([1, 1]), constant([1, 1]));
            expect({ status, step }).toEqual({ status: 'unbounded', step: 0 });
          }),
        ));
    }
    for (const name of ['lbfgs', 'lbfgs, compiled', 'bfgs', 'bfgs, hager-zhang', 'nonlinearCg'])
      it(`${what}: ${name} has diverged`, () =>
        inFloat64(() =>
          tf.tidy(() => {
            const { status, iterations } = descents[name](f, tf.zeros([2]));
            expect(status).toBe('diverged');
            expect(iterations).toBeLessThanOrEqual(3);
          }),
        ));
  }
});
