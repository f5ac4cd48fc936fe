import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import * as implicit from '../../../../core/implicit/index.ts';
import type { SolverOptions } from '../../../../core/implicit/solvers/solver.ts';

const { constant, solvers, gradientOf } = implicit;
type Args = [tf.Tensor];
type AnySolver = implicit.solvers.Solver<tf.Tensor, Args>;
beforeAll(() => {
  implicit.registerFloat64Backend();
  void tf.setBackend('float64');
});

const distance = (x: tf.Tensor, target: tf.Tensor): tf.Tensor =>
  tf.mul(0.5, tf.sum(tf.square(tf.sub(x, target))));
const halfway = (x: tf.Tensor, target: tf.Tensor): tf.Tensor => tf.add(tf.mul(0.5, x), target);
const gap = (x: tf.Tensor, target: tf.Tensor): tf.Tensor => tf.sub(x, target);

const all: Readonly<Record<string, (options: SolverOptions) => unknown>> = {
  gradientDescent: (o) => solvers.gradientDescent<tf.Tensor, Args>(distance, o),
  projectedGradient: (o) =>
    solvers.projectedGradient<tf.Tensor, Args>(distance, (y) => implicit.projectionSimplex(y), o),
  proximalGradient: (o) =>
    solvers.proximalGradient<tf.Tensor, Args>(distance, (y, s) => implicit.proxLasso(y, 0.5, s), o),
  entropicDescent: (o) => solvers.entropicDescent<Args>(distance, o),
  lbfgs: (o) => solvers.lbfgs<Args>(distance, o),
  newton: (o) => solvers.newton<tf.Tensor, Args>(gradientOf(distance), o),
  broyden: (o) => solvers.broyden<tf.Tensor, Args>(gradientOf(distance), o),
  fixedPointIteration: (o) => solvers.fixedPointIteration<tf.Tensor, Args>(halfway, o),
  anderson: (o) => solvers.anderson<tf.Tensor, Args>(halfway, o),
  gaussNewton: (o) => solvers.gaussNewton<Args>(gap, o),
  levenbergMarquardt: (o) => solvers.levenbergMarquardt<Args>(gap, o),
};

describe('bad input to solvers: a status or an error, never a number that means nothing', () => {
  for (const [name, make] of Object.entries(all)) {
    const solver = (options: SolverOptions = {}): AnySolver => make(options) as AnySolver;
    const start = (): tf.Tensor => tf.fill([3], 1 / 3);

    it(`${name}: arguments that are not finite end as diverged, and run refuses them`, () => {
      tf.tidy(() => {
        const target = constant([NaN, 1, 2]);
        expect(solver().solve(start(), target).status).toBe('diverged');
        expect(() => solver().run(start(), target)).toThrow(/no solution to differentiate: diverged/);
      });
    });

    it(`${name}: a start without tensors, limits that no iteration could respect`, () => {
      expect(() => solver().solve(3 as never, constant([1, 2, 3]))).toThrow('the start holds no tensor');
      expect(() => solver({ maxIter: NaN })).toThrow('maxIter must be a whole number, got NaN');
      expect(() => solver({ tol: NaN })).toThrow('tol must be a number, got NaN');
    });

    it(`${name}: no iteration at all is max-iterations, with the start; integers are taken as reals`, () => {
      tf.tidy(() => {
        const stopped = solver({ maxIter: 0 }).solve(tf.tensor1d([1, 2, 3], 'int32'), constant([1, 2, 3]));
        expect(stopped.status).toBe('max-iterations');
        expect(stopped.x.dtype).toBe('float32');
      });
    });

    it(`${name}: shapes that do not fit are an error that leaks nothing`, () => {
      const [x, target] = [tf.zeros([2]), constant([1, 2, 3])];
      const held = tf.memory().numTensors;
      expect(() => solver().solve(x, target)).toThrow(/shape/);
      expect(tf.memory().numTensors).toBeLessThanOrEqual(held + 1);
      tf.dispose([x, target]);
    });
  }

  for (const stepsize of [0, -1, NaN, Infinity]) {
    it(`a step size of ${stepsize} is refused`, () => {
      const simplex = (y: tf.Tensor): tf.Tensor => implicit.projectionSimplex(y);
      for (const build of [
        () => solvers.gradientDescent<tf.Tensor, Args>(distance, { stepsize }),
        () => solvers.projectedGradient<tf.Tensor, Args>(distance, simplex, { stepsize }),
        () => solvers.entropicDescent<Args>(distance, { stepsize }),
        () => solvers.blockCoordinateDescent<[]>((x) => tf.sum(x[0]), simplex, { stepsizes: [stepsize] }),
      ]) {
        expect(build).toThrow(`a step size must be a number above 0, got ${stepsize}`);
      }
    });
  }

  it('objectives without a minimum end as diverged, however they are descended', () => {
    tf.tidy(() => {
      const linear = (x: tf.Tensor, a: tf.Tensor): tf.Tensor => tf.sum(tf.mul(x, a));
      for (const solver of [
        solvers.lbfgs<Args>(linear),
        solvers.gradientDescent<tf.Tensor, Args>(linear, { maxIter: 1e5 }),
      ]) {
        expect(solver.solve(tf.zeros([2]), constant([1, -2])).status).toBe('diverged');
      }
    });
  });

  it('objectives and maps that return the wrong thing are named', () => {
    tf.tidy(() => {
      const x = tf.zeros([3]);
      const vector = solvers.gradientDescent<tf.Tensor, []>((y) => y);
      expect(() => vector.solve(x)).toThrow('must return one number in a tensor, got shape [3]');
      const number = solvers.gradientDescent<tf.Tensor, []>(() => 3 as never);
      expect(() => number.solve(x)).toThrow('must return one number in a tensor, got number');
      const scalar = solvers.fixedPointIteration<tf.Tensor, []>((y) => tf.sum(y));
      expect(() => scalar.solve(x)).toThrow('a step must keep the shapes of the start, [3], got []');
      const several = solvers.bisection<[]>(() => tf.zeros([2]), { lower: 0, upper: 1 });
      expect(() => several.solve(tf.scalar(0))).toThrow('f must return one number, got [2]');
    });
  });

  it('singular curvature: Gauss-Newton and Newton end as diverged, and run refuses their last point', () => {
    tf.tidy(() => {
      const rankOne = solvers.gaussNewton<Args>((x, a) => tf.sub(tf.sum(x), tf.sum(a)));
      expect(rankOne.solve(tf.zeros([2]), constant([1, 2])).status).toBe('diverged');
      expect(() => rankOne.run(tf.zeros([2]), constant([1, 2]))).toThrow(/diverged/);
      const flat = solvers.newton<tf.Tensor, Args>((x, a) => tf.mul(0, tf.sub(x, a)));
      expect(() => flat.run(tf.ones([2]), constant([1, 2]))).toThrow(/diverged|singular|not solved/);
    });
  });

  it('blocks and factors that do not fit', () => {
    tf.tidy(() => {
      const squares = (x: readonly tf.Tensor[]): tf.Tensor => tf.addN(x.map((b) => tf.sum(tf.square(b))));
      const blocks = solvers.blockCoordinateDescent<[]>(squares, (y) => y, { stepsizes: [0.1] });
      expect(() => blocks.solve([tf.zeros([1]), tf.zeros([1])])).toThrow(
        '2 blocks need as many step sizes or a single one',
      );
      expect(() => blocks.solve(tf.zeros([2]) as never)).toThrow('the start must be a list of tensors');
      const [u, a, w] = [tf.zeros([1, 3]), tf.ones([1, 4]), tf.ones([2, 4])];
      expect(() => solvers.nnlsAdmm().solve(u, a, w)).toThrow(
        'nnlsAdmm: expected U [n, r], A [n, p] and W [r, p], got [1, 3], [1, 4], [2, 4]',
      );
      expect(() => solvers.nmfAdmm().solve({ U: u, W: w }, a)).toThrow(/nmfAdmm: expected U/);
    });
  });

  it('an empty bank fits with any coefficients: they move by nothing with what is fitted, and not at all with the bank', () => {
    tf.tidy(() => {
      const solver = solvers.nnlsAdmm();
      const [start, a, w] = [tf.ones([1, 2]), tf.ones([1, 3]), tf.zeros([2, 3])];
      expect(solver.solve(start, a, w).status).toBe('converged');
      const f = (x: tf.Tensor, bank: tf.Tensor): tf.Tensor => tf.sum(solver.run(start, x, bank));
      expect(implicit.toFloat64(tf.grad((x) => f(x, w))(a))).toBeAllclose([0, 0, 0], {});
      expect(() => tf.grad((bank) => f(a, bank))(w)).toThrow(/not solved: breakdown/);
    });
  });
});
