import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../../core/implicit/float64/float64-backend.ts';
import { gradientOf } from '../../../../core/implicit/optimality/gradient.ts';
import { projectionSimplex } from '../../../../core/implicit/projections/simplex.ts';
import { proxLasso } from '../../../../core/implicit/prox/prox.ts';
import { bisection } from '../../../../core/implicit/solvers/bisection.ts';
import { blockCoordinateDescent } from '../../../../core/implicit/solvers/block-coordinate-descent.ts';
import { anderson, fixedPointIteration } from '../../../../core/implicit/solvers/fixed-point-iteration.ts';
import { lbfgs } from '../../../../core/implicit/solvers/lbfgs.ts';
import { gaussNewton, levenbergMarquardt } from '../../../../core/implicit/solvers/least-squares.ts';
import { entropicDescent, mirrorDescent } from '../../../../core/implicit/solvers/mirror-descent.ts';
import { nmfAdmm } from '../../../../core/implicit/solvers/nmf-admm.ts';
import { nnlsAdmm } from '../../../../core/implicit/solvers/nnls-admm.ts';
import {
  gradientDescent,
  projectedGradient,
  proximalGradient,
} from '../../../../core/implicit/solvers/proximal-gradient.ts';
import { equalityQp, quadraticProgramme } from '../../../../core/implicit/solvers/quadratic-programme.ts';
import { broyden, newton } from '../../../../core/implicit/solvers/quasi-newton-root.ts';
import type { Solver, SolverStats } from '../../../../core/implicit/solvers/solver.ts';
import { flattenTree, pack } from '../../../../core/implicit/tree.ts';
import { createRandom } from '../../../../core/random.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

const random = createRandom(7);
const normals = (n: number): number[] => Array.from({ length: n }, () => random.normal());
const data = { X: normals(8 * 4), y: normals(8), spread: normals(6), positive: normals(40).map(Math.abs) };

const column = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size, 1]);
const times = (m: tf.Tensor, v: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(m, column(v)), [m.shape[0]]);
const design = (): tf.Tensor => constant(data.X, [8, 4]);
const half = (t: tf.Tensor): tf.Tensor => tf.mul(0.5, tf.sum(tf.square(t)));

type Args = [tf.Tensor, tf.Tensor];
/** Softplus regression: smooth, strictly convex, not quadratic. */
const smooth = (w: tf.Tensor, lam: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  tf.add(tf.sum(tf.softplus(tf.sub(times(design(), w), y))), tf.mul(lam, half(w)));
const leastSquares = (w: tf.Tensor, _lam: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  half(tf.sub(times(design(), w), y));
const onSimplex = (x: tf.Tensor, lam: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  tf.add(half(tf.sub(x, tf.slice(y, [0], [4]))), tf.mul(lam, tf.sum(tf.mul(x, tf.softplus(x)))));
const contraction = (x: tf.Tensor, lam: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  tf.tanh(
    tf.add(tf.mul(tf.mul(0.25, lam), times(tf.slice(design(), [0, 0], [4, 4]), x)), tf.slice(y, [0], [4])),
  );
const curve = (x: tf.Tensor, lam: tf.Tensor, y: tf.Tensor): tf.Tensor => {
  const t = constant([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
  const decay = tf.exp(tf.neg(tf.mul(t, tf.slice(x, [1], [1]))));
  return tf.sub(
    tf.mul(tf.slice(x, [0], [1]), decay),
    tf.add(tf.mul(lam, tf.exp(tf.neg(t))), tf.mul(0.02, y)),
  );
};

interface Trial {
  readonly solver: Solver<unknown, [tf.Tensor, tf.Tensor]>;
  readonly x0: () => unknown;
  readonly args?: () => Args;
  readonly unrolls?: boolean;
}
const trial = <X, M>(solver: Solver<X, Args, M>, x0: () => X, rest: Partial<Trial> = {}): Trial =>
  ({ solver, x0, ...rest }) as unknown as Trial;
const zeros = (): tf.Tensor => tf.zeros([4]);
const quarter = (): tf.Tensor => tf.fill([4], 0.25);
const blocks = (): tf.Tensor[] => [tf.zeros([2]), tf.zeros([2])];
const overBlocks = (x: readonly tf.Tensor[], lam: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  leastSquares(tf.concat([...x]), lam, y);
const soft = (v: tf.Tensor, scaling: tf.Tensor, lam: tf.Tensor): tf.Tensor => proxLasso(v, lam, scaling);
const nnlsArgs = (): Args => [
  constant(data.positive.slice(0, 12), [2, 6]),
  constant(data.positive.slice(12, 30), [3, 6]),
];
const precise = { tol: 1e-9 };

const trials: Readonly<Record<string, Trial>> = {
  'gradient descent': trial(
    gradientDescent<tf.Tensor, Args>(smooth, { ...precise, acceleration: false }),
    zeros,
  ),
  'accelerated gradient descent, fixed step': trial(
    gradientDescent<tf.Tensor, Args>(smooth, { ...precise, stepsize: 0.1 }),
    zeros,
  ),
  'proximal gradient (FISTA)': trial(proximalGradient<tf.Tensor, Args>(leastSquares, soft, precise), zeros),
  'projected gradient': trial(
    projectedGradient<tf.Tensor, Args>(onSimplex, (v) => projectionSimplex(v), precise),
    quarter,
  ),
  'mirror descent': trial(
    mirrorDescent<tf.Tensor, Args>(onSimplex, tf.log, (v) => tf.softmax(v), { ...precise, stepsize: 1.5 }),
    quarter,
  ),
  'entropic descent': trial(entropicDescent<Args>(onSimplex, { ...precise, stepsize: 1.5 }), quarter),
  'block coordinate descent': trial(
    blockCoordinateDescent<Args>(overBlocks, (v, scaling, _, lam) => proxLasso(v, lam, scaling), {
      ...precise,
      stepsizes: 0.06,
    }),
    blocks,
  ),
  newton: trial(newton<tf.Tensor, Args>(gradientOf(smooth), precise), zeros),
  'L-BFGS': trial(lbfgs<Args>(smooth, precise), zeros),
  broyden: trial(broyden<tf.Tensor, Args>(gradientOf(smooth), precise), zeros),
  'fixed-point iteration': trial(fixedPointIteration<tf.Tensor, Args>(contraction, precise), zeros),
  anderson: trial(anderson<tf.Tensor, Args>(contraction, precise), zeros),
  bisection: trial(
    bisection<Args>((x, lam, y) => tf.sub(tf.add(tf.mul(x, tf.square(x)), tf.mul(lam, x)), tf.sum(y)), {
      lower: -9,
      upper: 10,
      tol: 1e-15,
    }),
    () => tf.scalar(0),
    { unrolls: false },
  ),
  'Gauss-Newton': trial(gaussNewton<Args>(curve, precise), () => constant([0.8, 0.8])),
  'Levenberg-Marquardt': trial(levenbergMarquardt<Args>(curve, precise), () => constant([0.2, 0.2])),
  'ADMM for NNLS': trial(nnlsAdmm(precise), () => tf.zeros([2, 3]), { args: nnlsArgs }),
};

/** A number from a solution; every entry has its own weight. */
function weigh(x: unknown): tf.Tensor {
  const v = pack(flattenTree(x).leaves);
  return tf.sum(tf.mul(v, constant(Float64Array.from({ length: v.size }, (_, i) => Math.cos(2 * i + 1)))));
}
const defaultArgs = (): Args => [constant(0.7), constant(data.y)];

/** d weigh(solution) along a direction in all arguments, by central differences of the solver. */
function byDifference(
  { solver, x0, args = defaultArgs }: Trial,
  directions: readonly Float64Array[],
  h = 1e-3,
): number {
  const at = (delta: number): number => {
    const moved = args().map((a, i) =>
      tf.add(
        a,
        constant(
          Float64Array.from(directions[i], (d) => delta * d),
          a.shape,
        ),
      ),
    ) as Args;
    return toFloat64(weigh(solver.solve(x0(), ...moved).x))[0];
  };
  return (at(h) - at(-h)) / (2 * h);
}

describe('solvers', () => {
  for (const [name, item] of Object.entries(trials)) {
    it(`${name}: converges, and its gradient agrees with central differences and unrolling`, () => {
      tf.tidy(() => {
        const args = (item.args ?? defaultArgs)();
        const solution = item.solver.solve(item.x0(), ...args);
        expect(solution.status).toBe('converged');
        const directions = args.map((a, i) =>
          Float64Array.from({ length: a.size }, (_, j) => Math.sin(5 * i + 3 * j + 1)),
        );
        const dot = (grads: tf.Tensor[]): number =>
          grads.reduce((sum, g, i) => sum + toFloat64(g).reduce((s, v, j) => s + v * directions[i][j], 0), 0);
        const implicit = dot(
          tf.grads((...p: tf.Tensor[]) => weigh(item.solver.run(item.x0(), ...(p as Args))))(args),
        );
        // Central differences of a solver that stops at 1e-9 are good to about 1e-9 / 1e-3 and h² terms.
        expect([implicit]).toBeAllclose([byDifference(item, directions)], { rtol: 1e-5, atol: 3e-6 });
        if (item.unrolls === false) return;
        const unrolled = dot(
          tf.grads((...p: tf.Tensor[]) => weigh(item.solver.unroll(item.x0(), ...(p as Args))))(args),
        );
        // The derivative of the iterates lags a few steps behind the iterates.
        expect([unrolled]).toBeAllclose([implicit], { rtol: 1e-4, atol: 1e-5 });
      });
    });
  }

  it('leak nothing: solve leaves its solution, run and gradients leave their results', () => {
    for (const { solver, x0, args = defaultArgs } of Object.values(trials)) {
      const start = x0();
      const given = args();
      const held = tf.memory().numTensors;
      const { x } = solver.solve(start, ...given);
      const count = flattenTree(x).leaves.length;
      expect(tf.memory().numTensors).toBe(held + count);
      tf.dispose(x as tf.TensorContainer);
      const gradients = tf.grads((...p: tf.Tensor[]) => weigh(solver.run(start, ...(p as Args))))(given);
      tf.dispose(gradients);
      expect(tf.memory().numTensors).toBe(held);
      tf.dispose([start, given] as tf.TensorContainer);
    }
  });

  it('share one shape: init, step, isDone and status by hand reach what solve finds', () => {
    tf.tidy(() => {
      const { solver, x0 } = trials['L-BFGS'];
      const args = defaultArgs();
      let state = solver.init(x0(), ...args);
      expect(solver.status(state)).toBe('running');
      while (!solver.isDone(state)) state = solver.step(state, ...args);
      expect(solver.status(state)).toBe('converged');
      const solved = solver.solve(x0(), ...args);
      expect(solved.iterations).toBe(state.iteration);
      expect(toFloat64(state.x as tf.Tensor)).toBeAllclose(toFloat64(solved.x as tf.Tensor), {});
    });
  });

  it('stop at maxIter, notice divergence, and tell how a run ended', () => {
    tf.tidy(() => {
      const stats: SolverStats[] = [];
      const onSolved = (s: SolverStats): void => void stats.push(s);
      gradientDescent<tf.Tensor, Args>(smooth, { maxIter: 3, onSolved }).run(zeros(), ...defaultArgs());
      expect(stats[0].status).toBe('max-iterations');
      const wild = gradientDescent<tf.Tensor, Args>(leastSquares, { stepsize: 1e200, onSolved });
      expect(wild.solve(zeros(), ...defaultArgs()).status).toBe('diverged');
      expect(() => wild.run(zeros(), ...defaultArgs())).toThrow(/no solution to differentiate: diverged/);
      const flat = newton<tf.Tensor, Args>((x) => tf.square(x));
      expect(flat.solve(zeros(), ...defaultArgs()).status).not.toBe('running');
    });
  });

  it('bisection refuses a bracket without a sign change', () => {
    const f = bisection<[]>((x) => tf.add(tf.square(x), 1), { lower: -1, upper: 1 });
    expect(() => f.solve(tf.scalar(0))).toThrow(
      'bisection: f must change sign between -1 and 1, got f = 2 and 2',
    );
  });

  it('the error of the implicit gradient shrinks with the error of the solver', () => {
    tf.tidy(() => {
      const [lam, y] = defaultArgs();
      const gradientAt = (maxIter: number): Float64Array => {
        const solver = gradientDescent<tf.Tensor, Args>(smooth, {
          maxIter,
          tol: 0,
          stepsize: 0.1,
          acceleration: false,
          implicit: { unsolved: 'accept' },
        });
        return toFloat64(tf.grad((l: tf.Tensor) => weigh(solver.run(zeros(), l, y)))(lam));
      };
      const solutionAt = (maxIter: number): Float64Array =>
        toFloat64(
          gradientDescent<tf.Tensor, Args>(smooth, {
            maxIter,
            tol: 0,
            stepsize: 0.1,
            acceleration: false,
          }).solve(zeros(), lam, y).x,
        );
      const [exactGradient, exact] = [gradientAt(2000)[0], solutionAt(2000)];
      const ratios = [5, 10, 20, 40, 80].map((t) => {
        const distance = Math.hypot(...solutionAt(t).map((v, i) => v - exact[i]));
        return Math.abs(gradientAt(t)[0] - exactGradient) / distance;
      });
      // Theorem 1 of Blondel et al.: the ratio is bounded by a constant of the problem.
      expect(Math.max(...ratios)).toBeLessThan(5);
    });
  });
});

describe('NMF by ADMM', () => {
  it('fits, and its derivative by A agrees with central differences where factors are unique', () => {
    tf.tidy(() => {
      const a = constant(data.positive.slice(0, 30), [5, 6]);
      const start = {
        U: constant(data.positive.slice(10, 20), [5, 2]),
        W: constant(data.positive.slice(20, 32), [2, 6]),
      };
      const solver = nmfAdmm({ mu: 0.1, tol: 1e-9 });
      const solved = solver.solve(start, a);
      expect(solved.status).toBe('converged');
      const product = (x: { U: tf.Tensor; W: tf.Tensor }): tf.Tensor => weigh(tf.matMul(x.U, x.W));
      const gradient = toFloat64(tf.grad((t: tf.Tensor) => product(solver.run(solved.x, t)))(a));
      const direction = Float64Array.from({ length: 30 }, (_, i) => Math.sin(i + 1));
      const at = (h: number): number =>
        toFloat64(
          product(
            solver.solve(
              solved.x,
              tf.add(
                a,
                constant(
                  direction.map((d) => h * d),
                  [5, 6],
                ),
              ),
            ).x,
          ),
        )[0];
      const along = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
      // A step at which the solver's own tolerance does not show in the difference.
      expect([along]).toBeAllclose([(at(3e-4) - at(-3e-4)) / 6e-4], { rtol: 1e-5, atol: 1e-6 });
      const unrolled = toFloat64(tf.grad((t: tf.Tensor) => product(solver.unroll(start, t)))(a));
      expect([unrolled.reduce((sum, g, i) => sum + g * direction[i], 0)]).toBeAllclose([along], {
        rtol: 1e-3,
        atol: 1e-4,
      });
    });
  });
});

describe('quadratic programmes', () => {
  const problem = (): Record<'Q' | 'c' | 'A' | 'b' | 'G' | 'h', tf.Tensor> => {
    const root = constant(data.X.slice(0, 16), [4, 4]);
    return {
      Q: tf.add(tf.matMul(root, root, true), tf.eye(4)),
      c: constant(data.y.slice(0, 4)),
      A: constant([[1, 1, 1, 1]]),
      b: constant([1]),
      G: tf.concat([tf.neg(tf.eye(4)), constant([[1, -1, 0, 0]])]),
      h: constant([0, 0, 0, 0, 0.1]),
    };
  };

  it('the splitting solver reaches exact KKT points and differentiates every argument', () => {
    tf.tidy(() => {
      const solver = quadraticProgramme({ tol: 1e-11 });
      const p = problem();
      const names = Object.keys(p) as (keyof typeof p)[];
      const value = (q: typeof p): tf.Tensor => weigh(solver.run({ x: zeros() }, q));
      expect(solver.solve({ x: zeros() }, p).status).toBe('converged');
      const rebuild = (tensors: tf.Tensor[]): typeof p =>
        Object.fromEntries(names.map((n, i) => [n, tensors[i]])) as typeof p;
      const gradients = tf.grads((...t: tf.Tensor[]) => value(rebuild(t)))(names.map((n) => p[n]));
      names.forEach((name, i) => {
        const direction = constant(
          Float64Array.from({ length: p[name].size }, (_, j) => Math.sin(j + i)),
          p[name].shape,
        );
        const at = (h: number): number =>
          toFloat64(
            weigh(solver.solve({ x: zeros() }, { ...p, [name]: tf.add(p[name], tf.mul(h, direction)) }).x),
          )[0];
        const along = toFloat64(tf.sum(tf.mul(gradients[i], direction)));
        const h = Math.fround(1e-5);
        expect(along, name).toBeAllclose([(at(h) - at(-h)) / (2 * h)], { rtol: 1e-5, atol: 1e-6 });
      });
    });
  });

  it('the dense solver of equality-constrained programmes agrees with the splitting', () => {
    tf.tidy(() => {
      const { Q, c, A, b } = problem();
      const direct = equalityQp().solve({ x: zeros() }, { Q, c, A, b });
      const split = quadraticProgramme({ tol: 1e-11 }).solve({ x: zeros() }, { Q, c, A, b });
      expect(direct.status).toBe('converged');
      expect(toFloat64(direct.x.x)).toBeAllclose(toFloat64(split.x.x), { atol: 1e-10 });
      expect(toFloat64(direct.x.nu!)).toBeAllclose(toFloat64(split.x.nu!), { atol: 1e-9 });
    });
  });

  it('the gradient of the dense solver by every argument agrees with central differences', () => {
    tf.tidy(() => {
      const { Q, c, A, b } = problem();
      const given = [Q, c, A, b];
      const value = (...[q, l, a, r]: tf.Tensor[]): tf.Tensor =>
        weigh(equalityQp().run({ x: zeros() }, { Q: q, c: l, A: a, b: r }));
      tf.grads(value)(given).forEach((gradient, i) => {
        const direction = constant(
          Float64Array.from({ length: gradient.size }, (_, j) => Math.sin(j + i + 1)),
          gradient.shape,
        );
        const at = (h: number): number =>
          toFloat64(
            value(...given.map((t, k) => (k === i ? tf.add(t, tf.mul(constant(h), direction)) : t))),
          )[0];
        const along = toFloat64(tf.sum(tf.mul(gradient, direction)));
        // Errors of h² and of rounding over h.
        expect(along).toBeAllclose([(at(1e-5) - at(-1e-5)) / 2e-5], { rtol: 1e-7, atol: 1e-8 });
      });
    });
  });

  it('an infeasible programme ends as a status, wrong shapes as an error', () => {
    tf.tidy(() => {
      const { Q, c } = problem();
      const G = constant([
        [1, 0, 0, 0],
        [-1, 0, 0, 0],
      ]);
      const infeasible = { Q, c, G, h: constant([-1, -1]) };
      expect(quadraticProgramme().solve({ x: zeros() }, infeasible).status).toBe('infeasible');
      expect(() => quadraticProgramme().run({ x: zeros() }, infeasible)).toThrow(/infeasible after/);
      const falling = { Q: tf.zeros([4, 4]), c, G: constant([[1, 0, 0, 0]]), h: constant([1]) };
      expect(quadraticProgramme().solve({ x: zeros() }, falling).status).toBe('unbounded');
      expect(() => quadraticProgramme().solve({ x: zeros() }, { Q: tf.neg(Q), c })).toThrow(
        'quadratic programme: Q must be positive semidefinite',
      );
      expect(() => equalityQp().solve({ x: zeros() }, infeasible)).toThrow('the programme has inequalities');
      expect(() =>
        quadraticProgramme().solve({ x: zeros() }, { Q, c, G: constant([[1, 2]]), h: constant([1]) }),
      ).toThrow('quadratic programme: G must have shape [1, 4], got [1, 2]');
      const singular = equalityQp().solve({ x: zeros() }, { Q: tf.zeros([4, 4]), c });
      expect(singular.status).toBe('unbounded');
    });
  });
});
