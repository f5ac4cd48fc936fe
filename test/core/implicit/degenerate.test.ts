import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as implicit from '../../../core/implicit/index.ts';
import {
  constant,
  rootJacobian,
  rootJvp,
  rootVjp,
  solvers,
  toFloat64,
} from '../../../core/implicit/index.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray, GoldenValue } from '../../fixtures/implicit/golden.ts';

type Values = Readonly<Record<string, GoldenArray>>;
interface Case extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly inputs: Readonly<Record<string, GoldenValue>>;
}
interface Refused {
  readonly id: string;
  readonly problem: 'qp' | 'box' | 'root' | 'fixed_point' | 'projection_simplex';
  readonly inputs?: Readonly<Record<string, GoldenValue | (number | null)[]>>;
}
const golden = readGolden<{ cases: readonly Case[]; must_raise: readonly Refused[] }>('degenerate');
const find = (id: string): Case => golden.cases.find((item) => item.id === id)!;
const read = (value: GoldenValue | (number | null)[]): tf.Tensor =>
  Array.isArray(value) ? constant(value.map((v) => v ?? NaN)) : tensorOf(value);
const tensors = (inputs: object): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, read(value as GoldenValue)]));
const programme = (inputs: object): implicit.QuadraticProgramme =>
  tensors(inputs) as unknown as implicit.QuadraticProgramme;
const precisely = (run: () => void): void => implicit.inFloat64(() => void tf.tidy(run));
const start = (): { x: tf.Tensor } => ({ x: tf.zeros([1]) });
const times = (a: tf.Tensor, v: tf.Tensor): tf.Tensor =>
  tf.reshape(tf.matMul(a, tf.reshape(v, [-1, 1])), [-1]);

const ridge = (w: tf.Tensor, X: tf.Tensor, y: tf.Tensor, theta: tf.Tensor): tf.Tensor =>
  tf.mul(0.5, tf.add(tf.sum(tf.square(tf.sub(times(X, w), y))), tf.mul(theta, tf.sum(tf.square(w)))));

describe('problems whose derivative is not unique or one-sided: golden values', () => {
  it('ridge without a penalty and with useless columns: the minimum-norm derivative, and it says so', () => {
    precisely(() => {
      const item = find('rank_deficient_ridge_at_0');
      const { X, y, theta } = tensors(item.inputs);
      const root = implicit.stationaryPoint(ridge);
      const solver = solvers.lbfgs<[tf.Tensor, tf.Tensor, tf.Tensor]>(ridge, { tol: 1e-12 });
      const w = solver.run(tf.zeros([X.shape[1]!]), X, y, theta);
      expectClose(w, item.solution as GoldenArray, 1e-8);
      const cotangent = read(item.cotangent as GoldenArray);
      const { value, fallbacks, linear } = rootVjp(root, w, [X, y, theta], cotangent, { constants: [0] });
      const want = item.vjp as Values;
      expectClose(value[1], want.y, 1e-7);
      expectClose(value[2], want.theta, 1e-7);
      expect(fallbacks).toEqual(['minimum-norm']);
      expect(linear.status).toBe('converged');
      // By X there is no derivative: the least change of a column makes it count.
      expect(rootVjp(root, w, [X, y, theta], cotangent).linear.status).toBe('breakdown');
      const free = item.gauge_free as Values;
      const jacobian = rootJacobian(root, w, [X, y, theta], { constants: [0, 2] });
      expectClose(tf.matMul(X, jacobian.value[1]), free.X_J_y, 1e-7);
      const loss = (target: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(solver.run(tf.zeros([X.shape[1]!]), X, target, theta), cotangent));
      expectClose(tf.grad(loss)(y), want.y, 1e-6);
    });
  });

  for (const make of [solvers.quadraticProgramme, solvers.equalityQp]) {
    it(`${make.name}: equalities that repeat each other leave x and its derivatives alone`, () => {
      precisely(() => {
        const item = find('dependent_equality_rows');
        const p = programme(item.inputs);
        const solver = make();
        const point = solver.run(start(), p);
        const solution = item.solution as Values;
        expectClose(point.x, solution.x, 1e-8);
        expectClose(point.nu!, solution.nu_min_norm, 1e-8);
        const value = (given: implicit.QuadraticProgramme): tf.Tensor =>
          tf.sum(tf.mul(solver.run(start(), given).x, read(item.cotangent_x as GoldenArray)));
        for (const [name, want] of Object.entries(item.vjp as Values)) {
          const gradient = tf.grad((v: tf.Tensor) => value({ ...p, [name]: v }))(tensors(item.inputs)[name]);
          expectClose(gradient, want, 1e-7);
        }
        const tangents = { b: read(item.consistent_tangent_b as GoldenArray) };
        const moved = rootJvp(solver.optimality, point, [p], [tangents]);
        expectClose(moved.value.x, item.jvp_b_x as GoldenArray, 1e-7);
        expect(moved.fallbacks).toContain('minimum-norm');
      });
    });
  }

  it('an active inequality twice: by c as if it were once, by h in halves', () => {
    precisely(() => {
      const item = find('duplicated_inequality');
      const p = programme(item.inputs);
      const solver = solvers.quadraticProgramme();
      const point = solver.run(start(), p);
      const solution = item.solution as Values;
      expectClose(point.x, solution.x, 1e-8);
      expectClose(point.mu!, solution.mu_min_norm, 1e-8);
      const { value, fallbacks } = rootJacobian(solver.optimality, point, [p]);
      expect(fallbacks).toContain('minimum-norm');
      expectClose(value.x[0].c, item.jacobian_c as GoldenArray, 1e-7);
      expectClose(value.x[0].h!, item.min_norm_dx_dh as GoldenArray, 1e-7);
    });
  });

  it('a weakly active inequality: the derivative of one side, and it says so', () => {
    precisely(() => {
      const item = find('weakly_active_inequality');
      const p = programme(item.inputs);
      const solver = solvers.quadraticProgramme();
      expectClose(solver.run(start(), p).x, (item.solution as Values).x, 1e-8);
      const solution = item.solution as Values;
      const exact = { x: read(solution.x), mu: read(solution.mu) };
      const { value, fallbacks } = rootJacobian(solver.optimality, exact, [p]);
      expect(fallbacks).toEqual(['one-sided']);
      expectClose(value.x[0].c, item.jacobian_c_inactive as GoldenArray, 1e-7);
      expectClose(value.x[0].h!, (item.dx_dh as Values).plus, 1e-7);
      // What the solver itself returns is on one side or the other, by rounding.
      const gradient = toFloat64(tf.grad((c: tf.Tensor) => tf.sum(solver.run(start(), { ...p, c }).x))(p.c));
      const sums = ['jacobian_c_inactive', 'jacobian_c_active'].map((side) =>
        toFloat64(tf.sum(read(item[side] as GoldenArray), 0)),
      );
      const gaps = sums.map((sum) => Math.max(...sum.map((v, i) => Math.abs(v - gradient[i]))));
      expect(Math.min(...gaps)).toBeLessThan(1e-7);
    });
  });

  it('a projection on its kink has the derivative of one side', () => {
    precisely(() => {
      const box = find('box_exactly_at_bound') as unknown as Values & { lower: number; upper: number };
      const byBox = toFloat64(
        tf.grad((x: tf.Tensor) => tf.sum(implicit.projectionBox(x, -1, 1)))(read(box.x)),
      );
      byBox.forEach((value, i) =>
        expect([box.diagonal_plus.data[i], box.diagonal_minus.data[i]]).toContain(value),
      );
      const simplex = find('simplex_zero_at_threshold') as unknown as Values;
      expectClose(implicit.projectionSimplex(read(simplex.x)), simplex.output, 1e-12);
      const weights = constant([1, 2, 3, 4]);
      const got = toFloat64(
        tf.grad((x: tf.Tensor) => tf.sum(tf.mul(weights, implicit.projectionSimplex(x))))(read(simplex.x)),
      );
      const sides = [simplex.jacobian_out, simplex.jacobian_in].map((side) =>
        toFloat64(times(tf.transpose(read(side)), weights)),
      );
      const gaps = sides.map((side) => Math.max(...side.map((v, i) => Math.abs(v - got[i]))));
      expect(Math.min(...gaps)).toBeLessThan(1e-12);
    });
  });

  it('non-negative least squares with a row of zeros', () => {
    precisely(() => {
      const item = find('nnls_zero_row');
      const { a, W } = tensors(item.inputs);
      const row = tf.reshape(a, [1, -1]);
      const solve = solvers.nnlsAdmm({ tol: 1e-12 });
      const loss = (v: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(solve.run(tf.zeros([1, 3]), v, W), read(item.cotangent as GoldenArray)));
      expectClose(solve.run(tf.zeros([1, 3]), row, W), item.solution as GoldenArray, 1e-8);
      expectClose(tf.grad(loss)(row), item.vjp_a as GoldenArray, 1e-7);
    });
  });

  it('rows of zeros in the data have no influence', () => {
    precisely(() => {
      const item = find('zero_data_rows');
      const { X, y, theta } = tensors(item.inputs);
      const solver = solvers.lbfgs<[tf.Tensor, tf.Tensor, tf.Tensor]>(ridge, { tol: 1e-12 });
      const loss = (v: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(solver.run(tf.zeros([3]), X, v, theta), read(item.cotangent as GoldenArray)));
      expectClose(solver.run(tf.zeros([3]), X, y, theta), item.solution as GoldenArray, 1e-8);
      expectClose(tf.grad(loss)(y), item.vjp_y as GoldenArray, 1e-7);
    });
  });
});

describe('problems that have no answer', () => {
  const attempts: Readonly<Record<Refused['problem'], (inputs: Record<string, tf.Tensor>) => unknown>> = {
    qp: (p) => {
      const given = p as unknown as implicit.QuadraticProgramme;
      if (!given.G) expect(() => solvers.equalityQp().run(start(), given)).toThrow(implicit.ImplicitError);
      return solvers.quadraticProgramme().run(start(), given);
    },
    box: ({ lower, upper }) => implicit.projectionBox(tf.zeros([2]), lower, upper),
    projection_simplex: ({ x, value }) => implicit.projectionSimplex(x, value),
    root: () => {
      const root = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), t);
      return tf.grad((t) =>
        tf.sum(implicit.customRoot(root)((_: null, s: tf.Tensor) => tf.sqrt(s))(null, t)),
      )(constant([0]));
    },
    fixed_point: () => {
      const map = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.add(x, tf.sub(t, 1));
      const solve = implicit.customFixedPoint(map)((x: tf.Tensor) => tf.clone(x));
      return tf.grad((t) => tf.sum(solve(constant([3]), t)))(constant([1]));
    },
  };
  for (const item of golden.must_raise) {
    it(`${item.id} is a named error`, () => {
      precisely(() => {
        expect(() => attempts[item.problem](tensors(item.inputs ?? {}))).toThrow(implicit.ImplicitError);
      });
    });
  }
});

describe('projectionPolyhedron on sets that are described twice', () => {
  const none = (): [tf.Tensor, tf.Tensor] => [tf.zeros([0, 3]), tf.zeros([0])];
  const x = (): tf.Tensor => constant([2, -1, 0.5]);
  const project = (a: tf.Tensor, b: tf.Tensor, g: tf.Tensor, h: tf.Tensor): Float64Array =>
    toFloat64(implicit.projectionPolyhedron(x(), a, b, g, h));

  it('takes rows of zeros, rows that repeat and rows that follow from others', () => {
    precisely(() => {
      const [noRows, noBounds] = none();
      const plane = project(constant([[1, 1, 1]]), constant([1]), noRows, noBounds);
      expect(plane).toBeAllclose([11 / 6, -7 / 6, 1 / 3], { atol: 1e-12 });
      for (const rows of [
        [
          [1, 1, 1],
          [0, 0, 0],
        ],
        [
          [0, 0, 0],
          [2, 2, 2],
          [1, 1, 1],
        ],
        [
          [1, 1, 1],
          [-1, -1, -1],
        ],
      ]) {
        const bounds = rows.map((row) => row[0]);
        expect(project(constant(rows), constant(bounds), noRows, noBounds)).toBeAllclose(plane, {
          atol: 1e-12,
        });
      }
      const both = constant([
        [1, 1, 1],
        [2, 2, 2],
        [-1, -1, -1],
        [0, 0, 0],
      ]);
      expect(project(noRows, noBounds, both, constant([1, 2, -1, 0.3]))).toBeAllclose(plane, { atol: 1e-12 });
      // The three rows depend on each other; the third follows from the first two.
      const follows = constant([
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 0],
      ]);
      expect(project(follows, constant([1, 1, 2]), noRows, noBounds)).toBeAllclose([1, 1, 0.5], {
        atol: 1e-12,
      });
      const gradient = tf.grad((v: tf.Tensor) =>
        tf.sum(
          tf.mul(
            constant([1, 2, 4]),
            implicit.projectionPolyhedron(v, follows, constant([1, 1, 2]), noRows, noBounds),
          ),
        ),
      )(x());
      expect(toFloat64(gradient)).toBeAllclose([0, 0, 4], { atol: 1e-12 });
    });
  });

  it('tells sets that are truly empty', () => {
    precisely(() => {
      const [noRows, noBounds] = none();
      const empty: [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor][] = [
        [constant([[0, 0, 0]]), constant([1]), noRows, noBounds],
        [
          constant([
            [1, 1, 1],
            [1, 1, 1],
          ]),
          constant([1, 2]),
          noRows,
          noBounds,
        ],
        [noRows, noBounds, constant([[0, 0, 0]]), constant([-0.1])],
        [
          noRows,
          noBounds,
          constant([
            [1, 0, 0],
            [-1, 0, 0],
          ]),
          constant([-1, -1]),
        ],
        [
          constant([[1, 1, 0]]),
          constant([3]),
          constant([
            [1, 0, 0],
            [0, 1, 0],
          ]),
          constant([1, 1]),
        ],
      ];
      for (const set of empty) expect(() => project(...set)).toThrow('no point satisfies all constraints');
    });
  });

  it('agrees with the quadratic programme on random sets, redundant or not', () => {
    precisely(() => {
      let state = 7;
      const random = (): number => ((state = (state * 16807) % 2147483647) / 2147483647) * 2 - 1;
      for (let trial = 0; trial < 40; trial++) {
        const inside = [random(), random(), random()];
        const rows = Array.from({ length: 6 }, () => [random(), random(), random()]);
        rows.push(
          rows[0].map((v) => 3 * v),
          rows[1].map((v, i) => v + rows[2][i]),
          [0, 0, 0],
        );
        const products = rows.map((row) => row.reduce((sum, v, i) => sum + v * inside[i], 0));
        const bounds = products.map((v, i) => v + (i % 3 === 0 ? 0 : 0.2));
        bounds[6] = 3 * bounds[0];
        const equality = rows[3].map((v) => v);
        const point = constant([3 * random(), 3 * random(), 3 * random()]);
        const [G, h] = [constant(rows), constant(bounds)];
        const [A, b] = [constant([equality]), constant([products[3]])];
        const got = implicit.projectionPolyhedron(point, A, b, G, h);
        const programme = { Q: tf.eye(3), c: tf.neg(point), A, b, G, h };
        const want = solvers.quadraticProgramme({ tol: 1e-9 }).solve(start(), programme);
        expect(want.status).toBe('converged');
        expect(toFloat64(got)).toBeAllclose(toFloat64(want.x.x), { atol: 1e-7 });
      }
    });
  });
});

describe('a root at which ∂F/∂x vanishes together with ∂F/∂θ', () => {
  const atTheta =
    (condition: (x: tf.Tensor, t: tf.Tensor) => tf.Tensor) =>
    (t: tf.Tensor): tf.Tensor =>
      tf.sum(implicit.customRoot(condition)((_: null, at: tf.Tensor) => tf.clone(at))(null, t));
  const conditions: Readonly<Record<string, (x: tf.Tensor, t: tf.Tensor) => tf.Tensor>> = {
    'a cube': (x, t) => tf.pow(tf.sub(x, t), 3),
    'a square': (x, t) => tf.square(tf.sub(x, t)),
    'the slope of an absolute value': (x, t) => tf.sign(tf.sub(x, t)),
    // The first entry is regular, and hides nothing of the second.
    'one of two entries': (x, t) =>
      tf.mul(tf.sub(x, t), tf.add(constant([1, 0]), tf.mul(constant([0, 1]), tf.square(tf.sub(x, t))))),
  };

  it.each(Object.entries(conditions))('is an error, not a derivative of 0: %s', (_, condition) => {
    precisely(() => {
      expect(() => tf.grad(atTheta(condition))(constant([1, 2]))).toThrow(
        expect.objectContaining({ name: 'ImplicitError', code: 'not-differentiable' }),
      );
    });
  });

  it('is told from a curve of solutions, on which the least norm stands for all', () => {
    precisely(() => {
      const objective = (w: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.square(tf.sub(tf.prod(w), t));
      const solver = solvers.gradientDescent(objective);
      const product = (t: tf.Tensor): tf.Tensor => tf.prod(solver.run(constant([1, 0.1]), t));
      expect(toFloat64(tf.grad(product)(constant(0.7)))).toBeAllclose([1], { atol: 1e-8 });
    });
  });
});
