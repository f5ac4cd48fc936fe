import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as implicit from '../../../core/implicit/index.ts';
import { constant, linearSolver, rootVjp, solvers, toFloat64 } from '../../../core/implicit/index.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

type Values = Readonly<Record<string, GoldenArray>>;
interface Case {
  readonly id: string;
  readonly inputs: Values;
  readonly solution: GoldenArray | Values;
  readonly vjp: readonly { readonly cotangent: GoldenArray | Values; readonly vjp: Values }[];
}
const golden = readGolden<{ cases: readonly Case[] }>('batched').cases;
const find = <T = Case>(id: string): T => golden.find((item) => item.id === id) as unknown as T;
const tensors = (values: Values): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tensorOf(value)]));
const precisely = (run: () => void): void => implicit.inFloat64(() => void tf.tidy(run));
const weigh = (x: tf.Tensor, weights: GoldenArray): tf.Tensor => tf.sum(tf.mul(x, tensorOf(weights)));

let state = 11;
const random = (): number => ((state = (state * 16807) % 2147483647) / 2147483647) * 2 - 1;
const randoms = (...shape: number[]): tf.Tensor =>
  constant(Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random), shape);

describe('batches: golden values', () => {
  it('32 quadratic programmes at once', () => {
    precisely(() => {
      const item = find('qp32');
      const p = tensors(item.inputs);
      const solver = solvers.quadraticProgramme();
      const value = (programme: Record<string, tf.Tensor>): tf.Tensor =>
        solver.run({ x: tf.zeros([1]) }, programme as unknown as implicit.QuadraticProgramme).x;
      const solved = solver.solve({ x: tf.zeros([1]) }, p as unknown as implicit.QuadraticProgramme);
      expect(solved.samples).toHaveLength(32);
      const solution = item.solution as Values;
      for (const [name, want] of Object.entries(solution)) expectClose(solved.x[name as 'x'], want, 1e-8);
      for (const { cotangent, vjp } of item.vjp) {
        const loss = (...given: tf.Tensor[]): tf.Tensor =>
          weigh(
            value(Object.fromEntries(Object.keys(vjp).map((name, i) => [name, given[i]]))),
            (cotangent as Values).x,
          );
        const gradients = tf.grads(loss)(Object.keys(vjp).map((name) => p[name]));
        Object.values(vjp).forEach((want, i) => expectClose(gradients[i], want, 1e-6));
      }
    });
  });

  it('cubic roots, each a sample', () => {
    precisely(() => {
      const item = find('root/cubic');
      const { a, d } = tensors(item.inputs);
      const cubic = (x: tf.Tensor, k: tf.Tensor, target: tf.Tensor): tf.Tensor =>
        tf.sub(tf.add(tf.mul(x, tf.square(x)), tf.mul(k, x)), target);
      const x = tensorOf(item.solution as GoldenArray);
      for (const { cotangent, vjp } of item.vjp) {
        const direct = rootVjp(cubic, x, [a, d], tensorOf(cotangent as GoldenArray), { batch: 1 });
        expectClose(direct.value[0], vjp.a, 1e-9);
        expectClose(direct.value[1], vjp.d, 1e-9);
        expect(direct.linear.samples).toHaveLength(16);
        const solve = implicit.customRoot(cubic, { batch: 1 })(() => tf.clone(x));
        const loss = (k: tf.Tensor, t: tf.Tensor): tf.Tensor =>
          weigh(solve(null, k, t), cotangent as GoldenArray);
        tf.grads(loss)([a, d]).forEach((got, i) => expectClose(got, [vjp.a, vjp.d][i], 1e-9));
      }
    });
  });

  for (const solve of [undefined, 'lu', 'gmres', 'bicgstab', 'normal-cg', 'minimum-norm'] as const) {
    it(`fixed points of eight networks, by ${solve ?? 'the default'}`, () => {
      precisely(() => {
        const item = find('fixed_point/tanh');
        const p = tensors(item.inputs);
        const map = (x: tf.Tensor, W: tf.Tensor, c: tf.Tensor): tf.Tensor =>
          tf.tanh(tf.add(tf.squeeze(tf.matMul(W, tf.expandDims(x, -1)), [-1]), c));
        const x = tensorOf(item.solution as GoldenArray);
        for (const { cotangent, vjp } of item.vjp) {
          const options = { batch: 1, ...(solve ? { solve } : {}) };
          const fixed = implicit.customFixedPoint(map, options)(() => tf.clone(x));
          const loss = (W: tf.Tensor, c: tf.Tensor): tf.Tensor =>
            weigh(fixed(null, W, c), cotangent as GoldenArray);
          tf.grads(loss)([p.W, p.c]).forEach((got, i) => expectClose(got, [vjp.W, vjp.c][i], 1e-9));
        }
      });
    });
  }

  it('projections by rows: simplex with a sum each, polyhedron with shared rows', () => {
    precisely(() => {
      type Rows = Record<'x' | 'value' | 'A' | 'b' | 'G' | 'h' | 'output' | 'cotangent', GoldenArray> & {
        readonly vjp: Values;
      };
      const simplex = find<Rows>('projection_simplex');
      const polyhedron = find<Rows>('projection_polyhedron');
      const [A, b, G, h] = [polyhedron.A, polyhedron.b, polyhedron.G, polyhedron.h].map(tensorOf);
      const operations: [Rows, (x: tf.Tensor) => tf.Tensor][] = [
        [simplex, (x) => implicit.projectionSimplex(x, tensorOf(simplex.value))],
        [polyhedron, (x) => implicit.projectionPolyhedron(x, A, b, G, h)],
      ];
      for (const [item, project] of operations) {
        expectClose(project(tensorOf(item.x)), item.output, 1e-8);
        const gradient = tf.grad((x) => weigh(project(x), item.cotangent))(tensorOf(item.x));
        expectClose(gradient, item.vjp.x, 1e-8);
      }
    });
  });
});

describe('every projection on [B, n] is the projection of each row', () => {
  const B = 4;
  const rows = (): tf.Tensor => randoms(B, 5);
  const cases: Readonly<Record<string, () => [(...p: tf.Tensor[]) => tf.Tensor, tf.Tensor[], number[]]>> = {
    simplex: () => [(x, v) => implicit.projectionSimplex(x, v), [rows(), tf.abs(randoms(B))], [1, 0]],
    'l1 sphere': () => [(x, v) => implicit.projectionL1Sphere(x, v), [rows(), tf.abs(randoms(B))], [1, 0]],
    'l1 ball': () => [(x, v) => implicit.projectionL1Ball(x, v), [rows(), tf.abs(randoms(B))], [1, 0]],
    'l2 sphere': () => [(x, v) => implicit.projectionL2Sphere(x, v), [rows(), tf.abs(randoms(B))], [1, 0]],
    'l2 ball': () => [(x, v) => implicit.projectionL2Ball(x, v), [rows(), tf.abs(randoms(B))], [1, 0]],
    hyperplane: () => [
      (x, a, b) => implicit.projectionHyperplane(x, a, b),
      [rows(), rows(), randoms(B)],
      [1, 1, 0],
    ],
    'half-space': () => [
      (x, a, b) => implicit.projectionHalfspace(x, a, b),
      [rows(), randoms(5), randoms(B)],
      [1, 1, 0],
    ],
    'affine set': () => [
      (x, a, b) => implicit.projectionAffineSet(x, a, b),
      [rows(), randoms(B, 2, 5), randoms(B, 2)],
      [1, 2, 1],
    ],
    polyhedron: () => [
      (x, a, b, g, h) => implicit.projectionPolyhedron(x, a, b, g, h),
      [rows(), randoms(B, 1, 5), randoms(B, 1), randoms(3, 5), tf.add(1, randoms(B, 3))],
      [1, 2, 1, 2, 1],
    ],
    'box section': () => [
      (x, a, b, w, c) => implicit.projectionBoxSection(x, a, b, w, c),
      [rows(), tf.sub(randoms(5), 2), tf.add(randoms(B, 5), 2), tf.add(1.5, rows()), randoms(B)],
      [1, 1, 1, 1, 0],
    ],
    'second-order cone': () => [(x) => implicit.projectionSecondOrderCone(x), [rows()], [1]],
    'psd cone': () => [(x) => implicit.projectionPsdCone(x), [randoms(B, 3, 3)], [2]],
    transport: () => [
      (s, a, b) => implicit.projectionTransport(s, a, b),
      [randoms(B, 2, 2), constant([0.4, 0.6]), constant([0.3, 0.7])],
      [2, 1, 1],
    ],
    'entropic transport': () => [
      (s, a, b) => implicit.klProjectionTransport(s, a, b),
      [randoms(B, 2, 2), constant([0.4, 0.6]), constant([0.3, 0.7])],
      [2, 1, 1],
    ],
    Birkhoff: () => [(s) => implicit.projectionBirkhoff(s), [randoms(B, 3, 3)], [2]],
    'entropic Birkhoff': () => [(s) => implicit.klProjectionBirkhoff(s), [randoms(B, 3, 3)], [2]],
    box: () => [(x) => implicit.projectionBox(x, -0.5, 0.25), [rows()], [1]],
    'non-negative': () => [(x) => implicit.projectionNonNegative(x), [rows()], [1]],
    'l∞ ball': () => [(x) => implicit.projectionLinfBall(x, 0.3), [rows()], [1]],
  };
  for (const [name, make] of Object.entries(cases)) {
    it(name, () => {
      precisely(() => {
        const [project, args, ranks] = make();
        const sample = (b: number): tf.Tensor[] =>
          args.map((arg, i) => (arg.rank > ranks[i] ? tf.unstack(arg)[b] : arg));
        const each = Array.from({ length: B }, (_, b) => project(...sample(b)));
        const together = project(...args);
        expect(toFloat64(together)).toBeAllclose(toFloat64(tf.stack(each)), { atol: 1e-12 });
        const weights = randoms(...together.shape);
        const grads = tf.grads((...p: tf.Tensor[]) => tf.sum(tf.mul(weights, project(...p))))(args);
        const own = tf.unstack(weights);
        const byRow = own.map((w, b) =>
          tf.grads((...p: tf.Tensor[]) => tf.sum(tf.mul(w, project(...p))))(sample(b)),
        );
        grads.forEach((got, i) => {
          const parts = byRow.map((list) => list[i]);
          const want = args[i].rank > ranks[i] ? tf.stack(parts) : tf.addN(parts);
          expect(toFloat64(got)).toBeAllclose(toFloat64(want), { atol: 1e-10 });
        });
        // Two leading axes are as good as one.
        const deep = args.map((arg, i) =>
          arg.rank > ranks[i] ? tf.reshape(arg, [2, 2, ...arg.shape.slice(1)]) : arg,
        );
        expect(toFloat64(project(...deep))).toBeAllclose(toFloat64(together), { atol: 1e-12 });
      });
    });
  }

  it('leading axes that differ are named', () => {
    precisely(() => {
      expect(() => implicit.projectionL2Ball(randoms(4, 3), randoms(2))).toThrow(
        'l2 ball projection: expected 0 axes, or these after the leading axes [4], got [2]',
      );
      expect(() => implicit.projectionL2Ball(randoms(0, 3), 1)).toThrow(
        'there is no sample in a tensor of shape [0, 3]',
      );
    });
  });
});

describe('iterative methods side by side', () => {
  const n = 6;
  const batch = 5;
  /** Block diagonal, with one block that no method can solve. */
  function system(broken: number) {
    const blocks = Array.from({ length: batch }, (_, b) => {
      const m = Float64Array.from({ length: n * n }, random);
      const spd = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          for (let k = 0; k < n; k++) spd[i * n + j] += m[i * n + k] * m[j * n + k];
          if (i === j) spd[i * n + j] += 10 ** b;
        }
      return b === broken ? new Float64Array(n * n) : spd;
    });
    const times = (v: Float64Array): Float64Array => {
      const product = new Float64Array(batch * n);
      blocks.forEach((block, b) => {
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) product[b * n + i] += block[i * n + j] * v[b * n + j];
      });
      return product;
    };
    let products = 0;
    const apply = (v: Float64Array): Float64Array => {
      products++;
      return times(v);
    };
    return {
      operator: { size: batch * n, batch, apply, applyTranspose: apply },
      blocks,
      times,
      count: () => products,
    };
  }

  for (const name of [
    'cg',
    'gmres',
    'bicgstab',
    'normal-cg',
    'lu',
    'cholesky',
    'minimum-norm',
    'auto',
  ] as const) {
    it(`${name}: each sample has its own end, and one that fails leaves the others right`, () => {
      for (const broken of [-1, 2]) {
        const { operator, blocks, times, count } = system(broken);
        const want = Float64Array.from({ length: batch * n }, random);
        const b = times(want);
        if (broken >= 0) b.fill(1, broken * n, (broken + 1) * n);
        const { x, status, samples } = linearSolver(name)(operator, b, { tol: 1e-11 });
        const products = count();
        expect(samples!.map((sample) => sample.status === 'converged')).toEqual(
          blocks.map((_, i) => i !== broken),
        );
        expect(status === 'converged').toBe(broken < 0);
        for (let i = 0; i < batch; i++) {
          if (i === broken) continue;
          const own = (v: Float64Array): Float64Array => v.slice(i * n, (i + 1) * n);
          expect(own(x)).toBeAllclose(own(want), { atol: 1e-7 });
          // The same as the sample would get by itself.
          const block = implicit.denseOperator(blocks[i], n);
          const alone = linearSolver(name)(block, own(b), { tol: 1e-11 });
          expect(samples![i].iterations).toBe(alone.iterations);
          expect(own(x)).toBeAllclose(alone.x, { atol: 1e-10 });
        }
        // Products are shared: at most what the slowest sample asks for.
        if (broken < 0)
          expect(products).toBeLessThanOrEqual(2 * (Math.max(...samples!.map((s) => s.iterations)) + 4) + n);
      }
    });
  }
});

describe('a sample that fails', () => {
  it('of roots: has its own status, counts as 0, and stops a gradient unless its report is listened to', () => {
    precisely(() => {
      const square = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), t);
      const [x, t] = [constant([2, 0, 3]), constant([4, 0, 9])];
      const { value, linear } = rootVjp(square, x, [t], tf.onesLike(t), { batch: 1 });
      expect(linear.samples!.map(({ status }) => status)).toEqual(['converged', 'breakdown', 'converged']);
      expect(toFloat64(value[0])).toBeAllclose([1 / 4, 0, 1 / 6], { rtol: 1e-12 });
      const gradient = (options: implicit.ImplicitOptions): tf.Tensor =>
        tf.grad((s) => tf.sum(implicit.attachRoot(square, { batch: 1, ...options })(x, s)))(t);
      expect(() => gradient({})).toThrow(
        'the linear system of 3 unknowns was not solved (samples 1): breakdown',
      );
      expect(toFloat64(gradient({ onSolve: () => undefined }))).toBeAllclose([1 / 4, 0, 1 / 6], {
        rtol: 1e-12,
      });
    });
  });

  it('of programmes: is infeasible or unbounded by itself, the others are solved', () => {
    precisely(() => {
      const Q = tf.stack([
        tf.eye(2),
        tf.eye(2),
        constant([
          [1, 0],
          [0, 0],
        ]),
      ]);
      const c = constant([
        [-1, -2],
        [-1, -2],
        [0, 1],
      ]);
      const G = constant([
        [1, 0],
        [-1, 0],
      ]);
      const h = constant([
        [0.5, 3],
        [-1, -1],
        [3, 3],
      ]);
      const solved = solvers.quadraticProgramme().solve({ x: tf.zeros([1]) }, { Q, c, G, h });
      expect(solved.samples!.map(({ status }) => status)).toEqual(['converged', 'infeasible', 'unbounded']);
      expect(toFloat64(solved.x.x).slice(0, 2)).toBeAllclose([0.5, 2], { atol: 1e-9 });
      expect(() => solvers.quadraticProgramme().run({ x: tf.zeros([1]) }, { Q, c, G, h })).toThrow(
        'no solution to differentiate, in sample 1: infeasible',
      );
      expect(() => solvers.quadraticProgramme().solve({ x: tf.zeros([1]) }, { Q, c: randoms(2, 2) })).toThrow(
        'tensors of a batch must hold as many programmes, got 3 and 2',
      );
    });
  });
});

describe('batches without a golden value agree with their samples', () => {
  it('trees of tensors with a batch axis, to the second order', () => {
    precisely(() => {
      type Pair = { a: tf.Tensor; b: tf.Tensor };
      const root = ({ a, b }: Pair, t: tf.Tensor): Pair => ({
        a: tf.sub(tf.mul(a, tf.square(a)), t),
        b: tf.sub(b, tf.mul(tf.expandDims(a, -1), constant([1, 2]))),
      });
      const solver = (_: null, t: tf.Tensor): Pair => {
        const a = tf.pow(t, constant(1 / 3));
        return { a, b: tf.mul(tf.expandDims(a, -1), constant([1, 2])) };
      };
      const loss =
        (batch: number) =>
        (t: tf.Tensor): tf.Tensor =>
          tf.sum(tf.mul(randomless, implicit.customRoot(root, { batch })(solver)(null, t).b));
      const randomless = constant([
        [1, 0.5],
        [2, -1],
        [0.25, 3],
      ]);
      const t = constant([1, 8, 27]);
      const [alone, together] = [0, 1].map((batch) => tf.grad(loss(batch))(t));
      expect(toFloat64(together)).toBeAllclose(toFloat64(alone), { rtol: 1e-10 });
      const [second, secondTogether] = [0, 1].map((batch) =>
        tf.grad((s: tf.Tensor) => tf.sum(tf.square(tf.grad(loss(batch))(s))))(t),
      );
      expect(toFloat64(secondTogether)).toBeAllclose(toFloat64(second), { rtol: 1e-8 });
      const jacobian = implicit.rootJacobian(root, solver(null, t), [t], { batch: 1 });
      const whole = implicit.rootJacobian(root, solver(null, t), [t]);
      expect(toFloat64(jacobian.value.b[0])).toBeAllclose(toFloat64(whole.value.b[0]), { atol: 1e-10 });
    });
  });

  it('non-negative least squares with a bank each', () => {
    precisely(() => {
      const [a, w] = [tf.abs(randoms(3, 4, 6)), tf.abs(randoms(3, 2, 6))];
      const solver = solvers.nnlsAdmm({ tol: 1e-12 });
      const start = tf.zeros([3, 4, 2]);
      const weights = randoms(3, 4, 2);
      const together = tf.grads((x: tf.Tensor, bank: tf.Tensor) =>
        tf.sum(tf.mul(weights, solver.run(start, x, bank))),
      )([a, w]);
      const parts = [a, w, weights].map((tensor) => tf.unstack(tensor));
      const alone = parts[0].map((own, i) =>
        tf.grads((x: tf.Tensor, bank: tf.Tensor) =>
          tf.sum(tf.mul(parts[2][i], solver.run(tf.zeros([4, 2]), x, bank))),
        )([own, parts[1][i]]),
      );
      [0, 1].forEach((k) =>
        expect(toFloat64(together[k])).toBeAllclose(toFloat64(tf.stack(alone.map((list) => list[k]))), {
          atol: 1e-8,
        }),
      );
      expect(() => solver.run(start, a, tf.ones([2, 2, 6]))).toThrow('nnlsAdmm: expected U [n, r]');
    });
  });

  it('a batch that the solution does not have is refused', () => {
    precisely(() => {
      const same = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(x, t);
      const at = (batch: number) => () =>
        rootVjp(same, constant([1, 2]), [constant([1, 2])], constant([1, 1]), { batch });
      expect(at(2)).toThrow('batch: all tensors of the solution must share their first 2 axes, got [2]');
      expect(at(0.5)).toThrow('batch: the number of leading axes must be 0 or more, got 0.5');
    });
  });
});
