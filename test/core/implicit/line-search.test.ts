import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { lineSearch } from '../../../core/implicit/line-search/line-search.ts';
import type { LineSearchOptions } from '../../../core/implicit/line-search/line-search.ts';
import { l2BinaryLogisticRegression } from '../../../core/implicit/objectives/index.ts';
import { gradientOf } from '../../../core/implicit/optimality/gradient.ts';
import { readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

interface SearchCase {
  readonly id: string;
  readonly x: GoldenArray;
  readonly direction: GoldenArray;
  readonly value_0?: number;
  readonly slope_0?: number;
  readonly steps?: GoldenArray;
  readonly values?: GoldenArray;
  readonly slopes?: GoldenArray;
  readonly acceptable_steps_on_grid?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}
const golden = readGolden<{
  line_searches: readonly SearchCase[];
  cases: readonly { id: string; inputs: Record<string, GoldenArray>; labels: GoldenArray }[];
}>('solvers');
const logistic = golden.cases.find(({ id }) => id === 'bfgs_ncg/logistic')!;

const entry = (x: tf.Tensor, i: number): tf.Tensor => tf.sum(tf.slice(x, [i], [1]));
const functions: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  rosenbrock: (z) =>
    tf.add(
      tf.mul(100, tf.square(tf.sub(entry(z, 1), tf.square(entry(z, 0))))),
      tf.square(tf.sub(1, entry(z, 0))),
    ),
  more_thuente_1: (t) => tf.sum(tf.neg(tf.div(t, tf.add(tf.square(t), 2)))),
  more_thuente_2: (t) => {
    const s = tf.add(t, constant(0.004));
    return tf.sum(tf.mul(tf.square(tf.square(s)), tf.sub(s, 2)));
  },
  logistic: (w) =>
    l2BinaryLogisticRegression(w, 0.05, {
      X: tensorOf(logistic.inputs.X),
      y: tensorOf(logistic.labels),
    }),
};

/** Quadratic of the first case, from its values: f = value + slope t + curvature t²/2 along any direction. */
const named = (id: string): string => id.split('/')[1];
const cases = golden.line_searches.filter(({ id }) => named(id) in functions);

const methods: readonly LineSearchOptions[] = [
  { method: 'backtracking', condition: 'armijo' },
  { method: 'backtracking', condition: 'goldstein', c1: 0.1 },
  { method: 'backtracking', condition: 'wolfe' },
  { method: 'backtracking' },
  { method: 'zoom' },
  { method: 'zoom', c2: 0.1 },
  { method: 'hager-zhang' },
  { method: 'hager-zhang', c1: 1e-4, c2: 0.1 },
];

const within = (step: number, intervals: readonly (readonly [number, number])[]): boolean =>
  intervals.some(
    ([from, to]) => step >= from * 0.993 - 5e-10 && step <= (to === 20 ? Infinity : to * 1.007 + 5e-10),
  );

describe('line searches', () => {
  for (const item of cases) {
    const f = functions[named(item.id)];
    it(`${item.id}: values and slopes along the line are the golden ones`, () => {
      tf.tidy(() => {
        const [x, d] = [tensorOf(item.x), tensorOf(item.direction)];
        const gradient = gradientOf<tf.Tensor, []>(f);
        item.steps!.data.forEach((step, i) => {
          const point = tf.add(x, tf.mul(constant(step), d));
          expect([toFloat64(f(point))[0]]).toBeAllclose([item.values!.data[i]], { rtol: 1e-10 });
          const slope = toFloat64(tf.sum(tf.mul(gradient(point), d)))[0];
          expect([slope]).toBeAllclose([item.slopes!.data[i]], { rtol: 1e-9 });
        });
      });
    });

    for (const options of methods) {
      const label = `${options.method} ${options.condition ?? ''} c1=${options.c1 ?? 'default'} c2=${options.c2 ?? 'default'}`;
      for (const first of [1, 1e-3, 10]) {
        it(`${item.id}: ${label} from ${first} ends with its own condition`, () => {
          tf.tidy(() => {
            const search = lineSearch(f, { ...options, first });
            const { step, value, slope, status } = search(tensorOf(item.x), tensorOf(item.direction));
            expect(status).toBe('converged');
            const isHagerZhang = options.method === 'hager-zhang';
            const { c1 = isHagerZhang ? 0.1 : 1e-4, c2 = 0.9, condition = 'strong-wolfe' } = options;
            const [f0, s0] = [item.value_0!, item.slope_0!];
            const falls = value <= f0 + c1 * step * s0 + 1e-15 * Math.abs(f0);
            const isApproximate =
              isHagerZhang && slope <= (2 * c1 - 1) * s0 && value <= f0 + 1e-6 * Math.abs(f0);
            expect(step > 0 && (falls || isApproximate)).toBe(true);
            if (condition === 'goldstein') expect(value).toBeGreaterThanOrEqual(f0 + (1 - c1) * step * s0);
            if (condition === 'wolfe') expect(slope).toBeGreaterThanOrEqual(c2 * s0);
            if (condition !== 'strong-wolfe') return;
            expect(Math.abs(slope)).toBeLessThanOrEqual(c2 * Math.abs(s0));
            const grid = item.acceptable_steps_on_grid![`strong_wolfe c1=${c1} c2=${c2}`];
            if (!isApproximate && grid) expect(within(step, grid)).toBe(true);
          });
        });
      }
    }
  }

  it('say when a direction does not fall, instead of stepping', () => {
    const half = (x: tf.Tensor): tf.Tensor => tf.mul(0.5, tf.sum(tf.square(x)));
    for (const options of methods) {
      tf.tidy(() => {
        const search = lineSearch(half, options);
        expect(search(tf.ones([1]), tf.ones([1]))).toMatchObject({ status: 'not-descent', step: 0 });
        expect(search(tf.ones([2]), constant([1, -1]))).toMatchObject({ status: 'not-descent', step: 0 });
        expect(search(tf.zeros([1]), tf.ones([1]))).toMatchObject({ status: 'not-descent', step: 0 });
        expect(search(constant([NaN]), tf.ones([1]))).toMatchObject({ status: 'not-finite', step: 0 });
      });
    }
  });

  it('say when f falls without end, and when evaluations run out', () => {
    for (const options of methods.filter(({ condition }) => condition !== 'armijo')) {
      tf.tidy(() => {
        const slide = lineSearch<tf.Tensor, []>((x) => tf.neg(tf.sum(x)), options);
        const { status } = slide(tf.ones([1]), tf.ones([1]));
        // With an approximate Wolfe condition or one without curvature the slide is never acceptable.
        expect(['unbounded', 'max-iterations']).toContain(status);
      });
    }
    tf.tidy(() => {
      const narrow = cases.find(({ id }) => id.endsWith('more_thuente_2'))!;
      const search = lineSearch(functions.more_thuente_2, { maxIter: 3 });
      const result = search(tensorOf(narrow.x), tensorOf(narrow.direction));
      expect(result).toMatchObject({ status: 'max-iterations', evaluations: 3 });
      expect(result.value).toBeLessThanOrEqual(narrow.value_0!);
    });
  });

  it('step over values that are not finite, on trees, without leaving a tensor', () => {
    const f = ({ a, b }: { a: tf.Tensor; b: tf.Tensor }, scale: tf.Tensor): tf.Tensor =>
      tf.add(tf.neg(tf.sum(tf.log(a))), tf.mul(scale, tf.sum(tf.square(b))));
    const [x, direction] = [
      { a: tf.ones([2]), b: tf.ones([1]) },
      // A step of 1 takes log to NaN.
      { a: constant([1, -3]), b: constant([-2]) },
    ];
    const scale = tf.scalar(5);
    const held = tf.memory().numTensors;
    for (const options of methods) {
      const { status, step } = lineSearch(f, options)(x, direction, scale);
      expect(status).toBe('converged');
      expect(step > 0 && step < 1 / 3).toBe(true);
    }
    expect(tf.memory().numTensors).toBe(held);
    tf.dispose([x.a, x.b, direction.a, direction.b, scale]);
  });

  it('refuse options and directions that cannot be, by name', () => {
    const f = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x));
    const wrong: readonly [LineSearchOptions, RegExp][] = [
      [{ method: 'guess' as never }, /unknown line search "guess"/],
      [{ c1: 0.95 }, /0 < c1 < c2 < 1, got c1 = 0.95, c2 = 0.9/],
      [{ c2: NaN }, /0 < c1 < c2 < 1/],
      [{ first: 0 }, /a first step above 0, got 0/],
      [{ maxIter: 0.5 }, /a whole number of evaluations above 0, got 0.5/],
      [{ decrease: 1 }, /0 < decrease < 1, got 1/],
      [{ condition: 'loose' as never }, /one of armijo, goldstein, wolfe, strong-wolfe, got loose/],
    ];
    for (const [options, message] of wrong) expect(() => lineSearch(f, options)).toThrow(message);
    expect(() => tf.tidy(() => lineSearch(f)(tf.ones([2]), tf.ones([3])) as never)).toThrow(
      /the direction, all entries in one row, must have shape \[2\], got \[3\]/,
    );
  });
});
