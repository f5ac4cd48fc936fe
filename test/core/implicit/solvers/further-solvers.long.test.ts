import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachRoot } from '../../../../core/implicit/attach-root.ts';
import { constant } from '../../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../../core/implicit/float64/float64-backend.ts';
import type { LineSearchOptions } from '../../../../core/implicit/line-search/line-search.ts';
import { l2BinaryLogisticRegression, ridgeRegression } from '../../../../core/implicit/objectives/index.ts';
import { rootJvp } from '../../../../core/implicit/root-derivatives.ts';
import { bfgs } from '../../../../core/implicit/solvers/bfgs.ts';
import { boxCdQp } from '../../../../core/implicit/solvers/box-cd-qp.ts';
import { boxOsqp } from '../../../../core/implicit/solvers/box-osqp.ts';
import { lbfgs } from '../../../../core/implicit/solvers/lbfgs.ts';
import { lbfgsb } from '../../../../core/implicit/solvers/lbfgsb.ts';
import { nonlinearCg } from '../../../../core/implicit/solvers/nonlinear-cg.ts';
import { projectedGradient } from '../../../../core/implicit/solvers/proximal-gradient.ts';
import { projectionBox } from '../../../../core/implicit/projections/elementwise.ts';
import type { Solver } from '../../../../core/implicit/solvers/solver.ts';
import { armijoSgd, polyakSgd } from '../../../../core/implicit/solvers/stochastic-gradient.ts';
import { flattenTree } from '../../../../core/implicit/tree.ts';
import { expectClose, readGolden, tensorOf } from '../../../fixtures/implicit/golden.ts';
import type { GoldenArray, GoldenValue } from '../../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

type Tree = GoldenArray | Readonly<Record<string, GoldenArray>>;
interface SolverCase {
  readonly id: string;
  readonly inputs: Readonly<Record<string, GoldenValue>>;
  readonly solution: Tree;
  readonly vjp: readonly { readonly cotangent: Tree; readonly vjp: Readonly<Record<string, GoldenValue>> }[];
  readonly jvp?: readonly { readonly tangents: Readonly<Record<string, GoldenValue>>; readonly jvp: Tree }[];
  readonly X?: GoldenArray;
  readonly labels?: GoldenArray;
  readonly start?: GoldenArray;
  readonly final_value?: number;
}
const { cases } = readGolden<{ cases: readonly SolverCase[] }>('solvers');
const caseOf = (id: string): SolverCase => cases.find((item) => item.id === id)!;
const isArray = (tree: Tree): tree is GoldenArray => Array.isArray((tree as GoldenArray).data);
const treeOf = (tree: Tree): unknown =>
  isArray(tree)
    ? tensorOf(tree)
    : Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, tensorOf(value)]));
const arraysOf = (tree: Tree): GoldenArray[] => (isArray(tree) ? [tree] : Object.values(tree));

/** A solver over a golden problem, with the problem's inputs as arguments in the order of `names`. */
interface Trial {
  readonly item: SolverCase;
  readonly names: readonly string[];
  readonly solver: Solver<unknown, unknown[]>;
  readonly start: () => unknown;
  readonly argsOf: (inputs: readonly tf.Tensor[]) => unknown[];
  readonly tolerance: number;
  readonly unrolls?: boolean;
}

const weigh = (x: unknown, cotangent: Tree): tf.Tensor =>
  tf.addN(flattenTree(x).leaves.map((leaf, i) => tf.sum(tf.mul(leaf, tensorOf(arraysOf(cotangent)[i])))));

/** Vector-Jacobian products of a function of the inputs, against the case's; equal bounds may be booked to either. */
function expectProducts(
  { item, names }: Trial,
  run: (inputs: tf.Tensor[]) => unknown,
  tolerance: number,
): void {
  const inputs = names.map((name) => tensorOf(item.inputs[name]));
  for (const { cotangent, vjp } of item.vjp) {
    const gradients = tf.grads((...moved: tf.Tensor[]) => weigh(run(moved), cotangent))(inputs);
    const got = Object.fromEntries(names.map((name, i) => [name, toFloat64(gradients[i])]));
    const want = Object.fromEntries(
      names.map((name) => {
        const value = vjp[name];
        return [name, typeof value === 'number' ? [value] : [...value.data]];
      }),
    );
    if (item.id === 'box_osqp') for (const side of [got, want]) side.u[0] = side.l[0] += side.u[0];
    for (const name of names) {
      const scale = Math.max(...want[name].map(Math.abs), 1e-3);
      expect(got[name], `${name} of ${item.id}`).toBeAllclose(want[name], { atol: tolerance * scale });
    }
  }
}

const logistic = caseOf('bfgs_ncg/logistic');
const rosenbrock = caseOf('bfgs_ncg/rosenbrock');
const logisticLoss = (w: tf.Tensor, theta: tf.Tensor, X: tf.Tensor): tf.Tensor =>
  l2BinaryLogisticRegression(w, theta, { X, y: tensorOf(logistic.labels!) });
const valley = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
  const [from, to] = [tf.slice(x, [0], [3]), tf.slice(x, [1], [3])];
  const bend = tf.mul(b, tf.square(tf.sub(to, tf.square(from))));
  return tf.sum(tf.add(bend, tf.square(tf.sub(a, from))));
};

type Smooth = [tf.Tensor, tf.Tensor];
type Make = (f: (x: tf.Tensor, ...args: Smooth) => tf.Tensor) => unknown;
const searches: Readonly<Record<string, LineSearchOptions>> = {
  zoom: { method: 'zoom' },
  backtracking: { method: 'backtracking' },
  'hager-zhang': { method: 'hager-zhang' },
};
const tight = { tol: 1e-9 };
const smoothSolvers: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(
    Object.entries(searches).map(([name, lineSearch]): [string, Make] => [
      `BFGS with ${name}`,
      (f) => bfgs(f, { ...tight, lineSearch }),
    ]),
  ),
  'L-BFGS': (f) => lbfgs(f, tight),
  'conjugate gradients (PR)': (f) => nonlinearCg(f, tight),
  'conjugate gradients (FR)': (f) => nonlinearCg(f, { ...tight, rule: 'fletcher-reeves' }),
  'conjugate gradients (HS)': (f) => nonlinearCg(f, { ...tight, rule: 'hestenes-stiefel' }),
  'conjugate gradients (PR), Hager-Zhang': (f) =>
    nonlinearCg(f, { ...tight, lineSearch: { method: 'hager-zhang' } }),
};

const generic = (solver: unknown): Solver<unknown, unknown[]> => solver as Solver<unknown, unknown[]>;
const trials: Readonly<Record<string, Trial>> = {
  ...Object.fromEntries(
    Object.entries(smoothSolvers).flatMap(([name, make]): [string, Trial][] => [
      [
        `${name}: logistic`,
        {
          ...{ item: logistic, names: ['theta', 'X'], argsOf: (inputs) => [...inputs] },
          solver: generic(make(logisticLoss)),
          start: () => tf.zeros([6]),
          tolerance: name.startsWith('conj') ? 1e-5 : 1e-6,
        },
      ],
      [
        `${name}: Rosenbrock`,
        {
          ...{ item: rosenbrock, names: ['a', 'b'], argsOf: (inputs) => [...inputs] },
          solver: generic(make(valley)),
          start: () => tensorOf(rosenbrock.start!),
          tolerance: name.startsWith('conj') ? 1e-5 : 1e-6,
        },
      ],
    ]),
  ),
  'L-BFGS-B': boxedRidge(
    generic(
      lbfgsb<Smooth>(
        (w, theta, y) => ridgeRegression(w, theta, { X: tensorOf(caseOf('lbfgsb/ridge').X!), y }),
        tight,
      ),
    ),
    ([theta, y, lower, upper]) => [{ lower, upper }, theta, y],
  ),
  'projected gradient on a box': boxedRidge(
    generic(
      projectedGradient<tf.Tensor, [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]>(
        (w, theta, y) => ridgeRegression(w, theta, { X: tensorOf(caseOf('lbfgsb/ridge').X!), y }),
        (w, _theta, _y, lower, upper) => projectionBox(w, lower, upper),
        tight,
      ),
    ),
    (inputs) => [...inputs],
  ),
  'coordinate descent on a box': {
    item: caseOf('box_cd_qp'),
    names: ['Q', 'c', 'l', 'u'],
    solver: generic(boxCdQp({ tol: 1e-12 })),
    start: () => tf.zeros([6]),
    argsOf: ([Q, c, lower, upper]) => [{ Q, c, lower, upper }],
    tolerance: 1e-6,
  },
  'OSQP with two-sided rows': {
    item: caseOf('box_osqp'),
    names: ['Q', 'c', 'A', 'l', 'u'],
    solver: generic(boxOsqp({ tol: 1e-10 })),
    start: () => null,
    argsOf: ([Q, c, A, l, u]) => [{ Q, c, A, l, u }],
    tolerance: 1e-6,
    unrolls: false,
  },
};

function boxedRidge(
  solver: Solver<unknown, unknown[]>,
  argsOf: (inputs: readonly tf.Tensor[]) => unknown[],
): Trial {
  const item = caseOf('lbfgsb/ridge');
  const names = ['theta', 'y', 'lower', 'upper'];
  return { item, names, solver, start: () => tf.zeros([6]), argsOf, tolerance: 1e-6 };
}

describe('further solvers on golden problems', () => {
  for (const [name, trial] of Object.entries(trials)) {
    const { item, names, solver, start, argsOf, tolerance } = trial;
    it(`${name}: solution, and derivatives by every argument at it, after solving and unrolled`, () => {
      tf.tidy(() => {
        const inputs = names.map((one) => tensorOf(item.inputs[one]));
        const solved = solver.solve(start(), ...argsOf(inputs));
        expect(solved.status).toBe('converged');
        flattenTree(solved.x).leaves.forEach((leaf, i) =>
          expectClose(leaf, arraysOf(item.solution)[i], tolerance),
        );
        const attach = attachRoot<unknown, unknown[]>(solver.optimality);
        expectProducts(trial, (moved) => attach(treeOf(item.solution), ...argsOf(moved)), 1e-8);
        expectProducts(trial, (moved) => solver.run(start(), ...argsOf(moved)), 1e-5);
        for (const { tangents, jvp } of item.jvp ?? []) {
          const moved = names.map((one) => tensorOf(tangents[one]));
          // Where both bounds of a row are equal only the lower one moves in the file; here both do.
          if (item.id === 'box_osqp') {
            const [low, high] = [tangents.l, tangents.u] as GoldenArray[];
            moved[4] = tensorOf({ ...high, data: [low.data[0], ...high.data.slice(1)] });
          }
          const pushed = rootJvp(
            solver.optimality as never,
            treeOf(item.solution),
            argsOf(inputs) as never,
            argsOf(moved) as never,
          );
          flattenTree(pushed.value).leaves.forEach((leaf, i) => expectClose(leaf, arraysOf(jvp)[i], 1e-8));
        }
        if (trial.unrolls === false) return;
        expectProducts(trial, (all) => solver.unroll(start(), ...argsOf(all)), 2e-3);
      });
    });
  }

  it('leak nothing, and keep the state that step was given', () => {
    for (const { item, names, solver, start, argsOf } of Object.values(trials)) {
      const inputs = names.map((one) => tensorOf(item.inputs[one]));
      const x0 = start();
      const held = tf.memory().numTensors;
      const { x } = solver.solve(x0, ...argsOf(inputs));
      tf.dispose(x as tf.TensorContainer);
      expect(tf.memory().numTensors).toBe(held);
      const first = solver.init(x0, ...argsOf(inputs));
      const [a, b] = [solver.step(first, ...argsOf(inputs)), solver.step(first, ...argsOf(inputs))];
      expect(flattenTree(a.x).leaves.map((leaf) => Array.from(toFloat64(leaf)))).toEqual(
        flattenTree(b.x).leaves.map((leaf) => Array.from(toFloat64(leaf))),
      );
      tf.dispose([first, a, b, x0, ...inputs] as unknown as tf.TensorContainer);
    }
  });

  it('computes in 32 bits on the ordinary backends', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    const single: Readonly<Record<string, Solver<unknown, unknown[]>>> = {
      'BFGS with zoom: logistic': generic(bfgs(logisticLoss)),
      'conjugate gradients (PR): logistic': generic(nonlinearCg(logisticLoss)),
      'L-BFGS-B': generic(
        lbfgsb<Smooth>((w, theta, y) =>
          ridgeRegression(w, theta, { X: tensorOf(caseOf('lbfgsb/ridge').X!), y }),
        ),
      ),
      'coordinate descent on a box': generic(boxCdQp()),
      'OSQP with two-sided rows': generic(boxOsqp()),
    };
    for (const [name, solver] of Object.entries(single)) {
      const trial = trials[name];
      tf.tidy(() => {
        const inputs = trial.names.map((one) => tensorOf(trial.item.inputs[one]));
        const solved = solver.solve(trial.start(), ...trial.argsOf(inputs));
        expect(solved.status, name).toBe('converged');
        expectClose(flattenTree(solved.x).leaves[0], arraysOf(trial.item.solution)[0], 2e-4);
        expectProducts(trial, (moved) => solver.run(trial.start(), ...trial.argsOf(moved)), 2e-3);
      });
    }
    await tf.setBackend('float64');
  });
});

describe('stochastic gradient steps', () => {
  type Args = [theta: tf.Tensor, X: tf.Tensor, y: tf.Tensor];
  const ridge = caseOf('sgd/ridge');
  const fit = caseOf('sgd/interpolation');
  const inputsOf = ({ inputs }: SolverCase): Args => [
    tensorOf(inputs.theta ?? 0),
    tensorOf(inputs.X),
    tensorOf(inputs.y),
  ];
  const objective = (w: tf.Tensor, ...[theta, X, y]: Args): tf.Tensor => ridgeRegression(w, theta, { X, y });
  const solversOf = (
    minimum: number,
    tol: number,
  ): Readonly<Record<string, Solver<tf.Tensor, Args, number>>> => ({
    Armijo: armijoSgd<tf.Tensor, Args>(objective, { tol }),
    Polyak: polyakSgd<tf.Tensor, Args>(objective, { tol, minimum }),
  });

  for (const name of ['Armijo', 'Polyak']) {
    it(`${name}: the golden value and solution, interpolating and not, and the derivative of the ridge`, () => {
      tf.tidy(() => {
        const interpolating = solversOf(0, 1e-8)[name].solve(tf.zeros([16]), ...inputsOf(fit));
        expect(interpolating.status).toBe('converged');
        expectClose(interpolating.x, fit.solution as GoldenArray, 1e-4);
        expect(toFloat64(objective(interpolating.x, ...inputsOf(fit)))[0]).toBeLessThan(1e-8);
        const solver = solversOf(ridge.final_value!, 1e-6)[name];
        const args = inputsOf(ridge);
        const solved = solver.solve(tf.zeros([6]), ...args);
        expect(solved.status).toBe('converged');
        expectClose(solved.x, ridge.solution as GoldenArray, 1e-4);
        expect(toFloat64(objective(solved.x, ...args))[0] - ridge.final_value!).toBeLessThan(1e-8);
        const [{ cotangent, vjp }] = ridge.vjp;
        const [byTheta, , byY] = tf.grads((...moved: tf.Tensor[]) =>
          weigh(solver.run(tf.zeros([6]), ...(moved as Args)), cotangent),
        )(args);
        expectClose(byTheta, vjp.theta, 1e-5);
        expectClose(byY, vjp.y, 1e-5);
        const [unrolled] = tf.grads((...moved: tf.Tensor[]) =>
          weigh(solver.unroll(tf.zeros([6]), ...(moved as Args)), cotangent),
        )(args);
        expectClose(unrolled, vjp.theta, 1e-2);
      });
    });
  }

  it('take another batch at every step, and reach what all of them share', () => {
    tf.tidy(() => {
      const [theta, X, y] = inputsOf(fit);
      const seen: number[] = [];
      const batches = (iteration: number, ...[t, all, targets]: Args): Args => {
        seen.push(iteration);
        const from = (iteration % 3) * 4;
        return [t, tf.slice(all, [from, 0], [4, 16]), tf.slice(targets, [from], [4])];
      };
      for (const solver of [
        armijoSgd<tf.Tensor, Args>(objective, { tol: 0, maxIter: 900, batches }),
        polyakSgd<tf.Tensor, Args>(objective, { tol: 0, maxIter: 900, batches }),
      ]) {
        const { x } = solver.solve(tf.zeros([16]), theta, X, y);
        expectClose(x, fit.solution as GoldenArray, 1e-4);
      }
      expect(seen.slice(0, 3)).toEqual([0, 1, 2]);
    });
  });

  it('refuse what they cannot follow', () => {
    const [theta, X, y] = inputsOf(ridge);
    const below = polyakSgd<tf.Tensor, Args>(objective, { minimum: 5 });
    expect(() => below.solve(tf.zeros([6]), theta, X, y)).not.toThrow(/NaN/);
    expect(() =>
      polyakSgd<tf.Tensor, Args>(objective, { minimum: 50 }).solve(tf.zeros([6]), theta, X, y),
    ).toThrow(/lies below its minimum 50/);
    expect(() => polyakSgd(objective, { minimum: NaN })).toThrow(/the minimum must be a number/);
    expect(() => polyakSgd(objective, { maxStepsize: 0 })).toThrow(/a step size must be a number above 0/);
    expect(() => armijoSgd(objective, { c1: 1 })).toThrow(/0 < c1 < 1/);
    expect(() => armijoSgd(objective, { increase: 0.5 })).toThrow(/increase >= 1/);
    tf.dispose([theta, X, y]);
  });
});

describe('further solvers say what is wrong', () => {
  it('a function that falls without end, or is nowhere finite, has diverged', () => {
    tf.tidy(() => {
      const slide = (x: tf.Tensor): tf.Tensor => tf.neg(tf.sum(x));
      const undefinedAt = (x: tf.Tensor): tf.Tensor => tf.sum(tf.log(tf.neg(tf.abs(x))));
      for (const solver of [bfgs<[]>(slide), nonlinearCg<[]>(slide)]) {
        expect(solver.solve(tf.zeros([2])).status).toBe('diverged');
      }
      for (const solver of [
        bfgs<[]>(undefinedAt),
        nonlinearCg<[]>(undefinedAt),
        armijoSgd<tf.Tensor, []>(undefinedAt),
      ]) {
        expect(solver.solve(tf.ones([2])).status).toBe('diverged');
      }
    });
  });

  it('unbounded and infeasible rows end in the statuses of quadratic programmes', () => {
    tf.tidy(() => {
      const flat = {
        Q: tf.zeros([1, 1]),
        c: constant([-1]),
        A: constant([[1]]),
        l: constant([0]),
        u: constant([Infinity]),
      };
      expect(boxOsqp().solve(null as never, flat).status).toBe('unbounded');
      const A = constant([[1], [1]]);
      const apart = { Q: tf.eye(1), c: constant([0]), A, l: constant([1, -2]), u: constant([2, -1]) };
      expect(boxOsqp().solve(null as never, apart).status).toBe('infeasible');
      const open = {
        Q: tf.eye(1),
        c: constant([3]),
        A,
        l: constant([-Infinity, -Infinity]),
        u: constant([Infinity, Infinity]),
      };
      const { x, status } = boxOsqp().solve(null as never, open);
      expect(status).toBe('converged');
      expect(Array.from(toFloat64(x.x))).toBeAllclose([-3], { atol: 1e-9 });
      expect(Array.from(toFloat64(x.y))).toEqual([0, 0]);
    });
  });

  it('trees, single bounds for all entries and open sides', () => {
    tf.tidy(() => {
      const f = ({ a, b }: { a: tf.Tensor; b: tf.Tensor }, target: tf.Tensor): tf.Tensor =>
        tf.add(tf.sum(tf.square(tf.sub(a, target))), tf.sum(tf.square(tf.add(b, 3))));
      const start = { a: tf.zeros([2]), b: tf.zeros([1]) };
      const solver = lbfgsb<[tf.Tensor], typeof start>(f);
      const target = constant([5, -0.5]);
      const solved = solver.solve(start, { lower: -1, upper: Infinity }, target);
      expect(solved.status).toBe('converged');
      expect([...toFloat64(solved.x.a), ...toFloat64(solved.x.b)]).toBeAllclose([5, -0.5, -1], {
        atol: 1e-6,
      });
      const byLower = tf.grad((lower: tf.Tensor) =>
        tf.sum(solver.run(start, { lower, upper: Infinity }, target).b),
      )(constant(-1));
      expect(toFloat64(byLower)[0]).toBeCloseTo(1, 6);
      const qp = boxCdQp().solve(tf.zeros([2]), { Q: tf.eye(2), c: constant([-2, 0.5]), lower: 0, upper: 1 });
      expect(Array.from(toFloat64(qp.x))).toEqual([1, 0]);
    });
  });

  const Q = (): tf.Tensor => tf.eye(2);
  const c = (): tf.Tensor => tf.ones([2]);
  const square = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x));
  const refusals: readonly [string, () => unknown, RegExp][] = [
    [
      'bounds that exclude each other',
      () => lbfgsb<[]>(square).solve(tf.zeros([2]), { lower: constant([0, 2]), upper: 1 }),
      /lower must not be above upper, got 2 and 1 at entry 1/,
    ],
    [
      'a bound that is no number',
      () => lbfgsb<[]>(square).solve(tf.zeros([2]), { lower: NaN, upper: 1 }),
      /got NaN and 1/,
    ],
    [
      'bounds of another shape',
      () => lbfgsb<[]>(square).solve(tf.zeros([2]), { lower: tf.zeros([3]), upper: 1 }),
      /lower must be one number or have the shapes of x, \[2\], got \[3\]/,
    ],
    [
      'a Q without curvature on its diagonal',
      () =>
        boxCdQp().solve(tf.zeros([2]), {
          Q: constant([
            [1, 0],
            [0, 0],
          ]),
          c: c(),
          lower: 0,
          upper: 1,
        }),
      /the diagonal of Q must be above 0, got 0 at entry 1/,
    ],
    [
      'a Q that is not convex',
      () =>
        boxCdQp().solve(tf.zeros([2]), {
          Q: constant([
            [1, 3],
            [3, 1],
          ]),
          c: c(),
          lower: 0,
          upper: 1,
        }),
      /positive semidefinite/,
    ],
    [
      'a start of another length',
      () => boxCdQp().solve(tf.zeros([3]), { Q: Q(), c: c(), lower: 0, upper: 1 }),
      /vectors of one length, got \[3\] and \[2\]/,
    ],
    [
      'rows of another width',
      () =>
        boxOsqp().solve(null as never, {
          Q: Q(),
          c: c(),
          A: tf.ones([1, 3]),
          l: tf.zeros([1]),
          u: tf.ones([1]),
        }),
      /expected c \[n\], A \[m, n\], l \[m\], u \[m\], got \[2\], \[1, 3\]/,
    ],
    [
      'rows with l > u',
      () =>
        boxOsqp().solve(null as never, {
          Q: Q(),
          c: c(),
          A: tf.ones([1, 2]),
          l: tf.ones([1]),
          u: tf.zeros([1]),
        }),
      /l must not be above u, got 1 and 0 in row 0/,
    ],
    ['another rule', () => nonlinearCg<[]>(square, { rule: 'newton' as never }), /unknown rule "newton"/],
    ['a line search that cannot be', () => bfgs<[]>(square, { lineSearch: { c1: 2 } }), /0 < c1 < c2 < 1/],
  ];
  for (const [what, run, message] of refusals) {
    it(what, () => {
      expect(() => tf.tidy(() => run() as never)).toThrow(expect.objectContaining({ name: 'ImplicitError' }));
      expect(() => tf.tidy(() => run() as never)).toThrow(message);
    });
  }
});
