import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compile,
  constant,
  gradientOf,
  ImplicitError,
  losses,
  projectionBox,
  projectionSimplex,
  proxLasso,
  registerFloat64Backend,
  toFloat64,
} from '../../../../core/implicit/index.ts';

registerFloat64Backend();
let former = '';
beforeAll(() => {
  former = tf.getBackend();
  void tf.setBackend('float64');
});
afterAll(() => {
  if (former) void tf.setBackend(former);
});

type Fn = (...args: tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[];
const matrix = constant([
  [1, -2, 3],
  [4, 5, -6],
]);
const vector = constant([0.5, -1.5, 2]);
const ids = tf.tensor1d([1, 0, 1], 'int32');

/** Functions of a matrix [2, 3] and a vector [3] that between them use every kind of kernel. */
const functions: Readonly<Record<string, Fn>> = {
  'maps of one number': (a) =>
    tf.addN([tf.exp(a), tf.tanh(a), tf.sigmoid(a), tf.erf(a), tf.relu(a), tf.abs(a)]),
  'maps of two, repeated along rows': (a, v) => tf.sub(tf.mul(a, v), tf.maximum(v, a)),
  'maps of two, repeated along columns': (a) => tf.div(a, tf.add(1, tf.sum(tf.square(a), 1, true))),
  'a single number with all': (a, v) => tf.mul(tf.sum(v), tf.add(a, 2)),
  'comparisons and choices': (a, v) =>
    tf.add(tf.where(tf.greater(a, 0), a, tf.zerosLike(a)), tf.cast(tf.less(a, v), 'float32')),
  'clipping and leaking': (a) => tf.clipByValue(tf.leakyRelu(a, 0.1), -0.3, 4),
  'products of matrices': (a) => tf.matMul(tf.matMul(a, a, false, true), a),
  'products with vectors': (a, v) =>
    tf.matMul(a, tf.reshape(tf.matMul(a, tf.reshape(v, [3, 1])), [2, 1]), true),
  'batches of products': (a) =>
    tf.matMul(tf.reshape(tf.tile(a, [2, 1]), [2, 2, 3]), tf.reshape(a, [1, 2, 3]), false, true),
  'sums over axes': (a) => tf.add(tf.sum(a, 0), tf.mean(tf.square(a))),
  'extremes over axes': (a) => [tf.max(a, 1), tf.min(a, 0), tf.prod(a, 1)],
  'sums over axes that lie apart': (a) => tf.sum(tf.reshape(tf.tile(a, [1, 2]), [2, 2, 3]), [0, 2]),
  'cutting and joining': (a) =>
    tf.concat(
      [
        tf.slice(a, [0, 1], [2, 2]),
        tf.reverse(
          tf.pad(
            a,
            [
              [0, 0],
              [1, 0],
            ],
            7,
          ),
          1,
        ),
      ],
      1,
    ),
  'splitting and stacking': (a) => tf.stack([...tf.unstack(a, 1), ...tf.split(tf.reshape(a, [6]), 3)]),
  turning: (a) => tf.transpose(tf.reshape(tf.transpose(a), [1, 3, 2]), [2, 0, 1]),
  'softmax and running sums': (a) => [tf.softmax(a), tf.cumsum(a, 1, true, true), tf.logSumExp(a, 1)],
  'reading at places': (a, v) => [tf.gather(a, tf.tensor1d([1, 1, 0], 'int32')), tf.gather(v, ids)],
  'adding at places': (_, v) => [
    tf.unsortedSegmentSum(v, ids, 2),
    tf.scatterND(tf.reshape(ids, [3, 1]), v, [4]),
  ],
  'largest entries': (a) => [tf.topk(a, 2).values, tf.cast(tf.argMax(a, 1), 'float32')],
  'whole numbers': (a) => tf.mul(tf.cast(tf.cast(tf.mul(a, 1.5), 'int32'), 'float32'), 2),
  'the input itself, and a constant': (a) => [a, matrix, tf.ones([2])],
  'a gradient': (a, v) =>
    gradientOf((x: tf.Tensor) => tf.sum(tf.square(tf.sub(tf.matMul(x, tf.reshape(v, [3, 1])), 1))))(a),
  'the gradient of a gradient': (a) =>
    gradientOf((x: tf.Tensor) => tf.sum(tf.square(gradientOf((p: tf.Tensor) => tf.sum(tf.tanh(p)))(x))))(a),
};

const valuesOf = (result: unknown): number[][] =>
  (Array.isArray(result) ? (result as tf.Tensor[]) : [result as tf.Tensor]).map((t) => [
    ...t.shape,
    NaN,
    ...toFloat64(t),
  ]);

describe('compile(function)', () => {
  for (const [name, run] of Object.entries(functions)) {
    it(`computes what the tape does: ${name}`, () => {
      const compiled = compile(run);
      for (const seed of [1, 2]) {
        const a = tf.mul(matrix, constant(seed));
        expect(valuesOf(compiled(a, vector))).toEqual(valuesOf(run(a, vector)));
        expect(compiled.report()).toEqual({ path: 'plan', plans: 1, traces: 1 });
      }
    });
  }

  it('computes what the tape does for compositions drawn at random', () => {
    const steps: readonly ((x: tf.Tensor, y: tf.Tensor) => tf.Tensor)[] = [
      (x, y) => tf.add(x, y),
      (x, y) => tf.mul(x, tf.tanh(y)),
      (x) => tf.relu(x),
      (x) => tf.sub(x, tf.mean(x)),
      (x, y) => tf.reshape(tf.matMul(tf.reshape(x, [2, 2]), tf.reshape(y, [2, 2]), true), [4]),
      (x) => tf.reverse(x),
      (x, y) => tf.concat([tf.slice(x, [0], [2]), tf.slice(y, [2], [2])]),
      (x, y) => gradientOf((p: tf.Tensor) => tf.sum(tf.mul(tf.square(p), y)))(x),
    ];
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 10 }),
        fc.array(number, { minLength: 4, maxLength: 4 }),
        (programme, numbers) =>
          void tf.tidy(() => {
            const run = (x: tf.Tensor): tf.Tensor => {
              const made = [x, tf.pad(vector, [[0, 1]])];
              for (const [step, i, j] of programme)
                made.push(steps[step](made[i % made.length], made[j % made.length]));
              return made.at(-1)!;
            };
            const x = constant(numbers);
            const [got, wanted] = [toFloat64(compile(run)(x)), toFloat64(run(x))];
            expect([...got]).toEqual([...wanted]);
          }),
      ),
      { numRuns: 60 },
    );
  });

  it('takes trees and numbers, and gives back what the function returns', () => {
    const run = ({ w, b }: { w: tf.Tensor; b: readonly tf.Tensor[] }, power: number, kind: string) => ({
      sum: tf.add(tf.pow(w, power), b[0]),
      kind,
      parts: [b[1], null],
    });
    const compiled = compile(run);
    const args = { w: constant([2, 3]), b: [constant([1, 1]), constant([5])] };
    for (const power of [2, 3, 2]) {
      const { sum, kind, parts } = compiled(args, power, 'k');
      expect([...toFloat64(sum)]).toEqual([2 ** power + 1, 3 ** power + 1]);
      expect([kind, [...toFloat64(parts[0]!)], parts[1]]).toEqual(['k', [5], null]);
    }
    expect(compiled.report()).toEqual({ path: 'plan', plans: 2, traces: 2 });
  });

  it('makes a plan for every shape and type, and keeps as many as it may', () => {
    const compiled = compile((x: tf.Tensor) => tf.sum(x), { maxPlans: 2 });
    for (const size of [3, 4, 0, 3, 3])
      expect(toFloat64(compiled(constant(new Float64Array(size).fill(2))))[0]).toBe(2 * size);
    expect(compiled.report()).toEqual({ path: 'plan', plans: 2, traces: 4 });
    expect(compiled(tf.tensor1d([1, 2], 'int32')).dtype).toBe('int32');
  });

  it('lets NaN and Infinity through as the tape does', () => {
    const run = (x: tf.Tensor): tf.Tensor => tf.mul(tf.relu(x), 0);
    expect([...toFloat64(compile(run)(constant([NaN, Infinity, -1])))]).toEqual([NaN, NaN, 0]);
  });

  it('makes the checks of the toolkit at every call', () => {
    const compiled = compile((x: tf.Tensor, l1: tf.Tensor) => proxLasso(x, l1));
    expect([...toFloat64(compiled(constant([3, -1]), constant(1)))]).toEqual([2, 0]);
    expect(() => compiled(constant([3, -1]), constant(-1))).toThrow(
      'proxLasso: the weight must not be negative, got -1',
    );
    expect(compiled.report().path).toBe('plan');
  });

  it('runs plain code on values at every call: supports of projections, bounds, labels', () => {
    const simplex = compile((x: tf.Tensor, total: tf.Tensor) => projectionSimplex(x, total));
    for (const numbers of [
      [3, 1, 0],
      [0.2, 0.3, 5],
      [-1, -1, -1],
    ])
      expect([...toFloat64(simplex(constant(numbers), constant(2)))]).toEqual([
        ...toFloat64(projectionSimplex(constant(numbers), constant(2))),
      ]);
    expect(() => simplex(vector, constant(-1))).toThrow(
      'simplex projection: the sum must be positive, got -1',
    );
    const slope = compile((x: tf.Tensor) =>
      gradientOf((p: tf.Tensor) => tf.sum(tf.square(projectionSimplex(p))))(x),
    );
    expect([...toFloat64(slope(vector))]).toEqual([
      ...toFloat64(gradientOf((p: tf.Tensor) => tf.sum(tf.square(projectionSimplex(p))))(vector)),
    ]);
    const box = compile(projectionBox as (x: tf.Tensor, low: tf.Tensor, high: tf.Tensor) => tf.Tensor);
    expect([...toFloat64(box(vector, constant(-1), constant(1)))]).toEqual([0.5, -1, 1]);
    expect(() => box(vector, constant(1), constant(-1))).toThrow('the box is empty');
    const loss = compile((label: tf.Tensor, score: tf.Tensor) => losses.binaryLogisticLoss(label, score));
    for (const labels of [
      [0, 1, 1],
      [1, 1, 0],
    ])
      expect([...toFloat64(loss(constant(labels), vector))]).toEqual([
        ...toFloat64(losses.binaryLogisticLoss(constant(labels), vector)),
      ]);
    expect(() => loss(constant([0, 1, 2]), vector)).toThrow('labels must be 0 or 1, got 2');
    for (const { report } of [simplex, slope, box, loss])
      expect(report()).toMatchObject({ path: 'plan', plans: 1 });
  });

  it('sees that a variable it closes over was assigned', () => {
    const scale = tf.variable(constant(2));
    const compiled = compile((x: tf.Tensor) => tf.mul(scale, x));
    expect(toFloat64(compiled(constant(3)))[0]).toBe(6);
    scale.assign(constant(5));
    expect(toFloat64(compiled(constant(3)))[0]).toBe(15);
    expect(compiled.report().traces).toBe(2);
  });

  it('refuses to go on with what was disposed of', () => {
    const scale = constant(2);
    const compiled = compile((x: tf.Tensor) => tf.mul(scale, x));
    expect(toFloat64(compiled(constant(3)))[0]).toBe(6);
    scale.dispose();
    expect(() => compiled(constant(3))).toThrow(
      'compile: a tensor of shape [] that the function closes over has been disposed of',
    );
  });

  it('runs as it is inside a gradient, and is differentiated there', () => {
    const compiled = compile((x: tf.Tensor) => tf.sum(tf.square(x)));
    expect([...toFloat64(tf.grad(compiled)(constant([1, 2])))]).toEqual([2, 4]);
    expect(compiled.report().path).toBe('untried');
    const twice = compile((x: tf.Tensor) => tf.mul(compiled(x), 2));
    expect(toFloat64(twice(constant([1, 2])))[0]).toBe(10);
    expect(twice.report().path).toBe('plan');
  });

  it('holds no tensors, however often it is called', () => {
    const compiled = compile((x: tf.Tensor) => tf.sum(tf.square(tf.matMul(matrix, tf.reshape(x, [3, 1])))));
    const x = constant([1, 2, 3]);
    compiled(x).dispose();
    const before = tf.memory();
    for (let i = 0; i < 1000; i++) compiled(x).dispose();
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  });
});

describe('compile() of what cannot be traced', () => {
  const x = constant([1, 2, 3]);
  const cases: Readonly<Record<string, [Fn, RegExp]>> = {
    'reads values of a tensor that depends on its arguments': [
      (t) => tf.mul(t, tf.sum(t).dataSync()[0] > 3 ? 2 : 1),
      /^reads the values/,
    ],
    'is random': [(t) => tf.add(t, tf.randomNormal([3])), /^computes something else every time/],
    'uses an operation that plans do not have': [
      (t) => tf.reshape(tf.avgPool(tf.reshape<tf.Rank.R4>(t, [1, 3, 1, 1]), [1, 1], 1, 'valid'), [3]),
      /^uses the operation AvgPool/,
    ],
  };
  for (const [name, [run, reason]] of Object.entries(cases)) {
    it(`says so where the function ${name}`, () => {
      const compiled = compile(run);
      // The last has no kernel on this backend either.
      if (!reason.source.includes('AvgPool')) expect(valuesOf(compiled(x))).toHaveLength(1);
      else expect(() => compiled(x)).toThrow();
      const report = compiled.report();
      expect(report.path).toBe('tape');
      expect(report.reason).toMatch(reason);
      expect(() => compile(run, { fallback: 'error' })(x)).toThrow(ImplicitError);
    });
  }

  it('says so where an argument or the result may hide something', () => {
    const scale = compile((t: tf.Tensor, by: Map<string, number>) => tf.mul(t, by.get('k')!));
    expect([...toFloat64(scale(x, new Map([['k', 2]])))]).toEqual([2, 4, 6]);
    expect(scale.report().reason).toBe('has a Map among its arguments, which may change unseen');
    const later = compile<[tf.Tensor], unknown>((t) => Promise.resolve(t));
    expect(later(x)).toBeInstanceOf(Promise);
    expect(later.report().reason).toBe('returns a Promise');
  });

  it('leaves errors of the function as they are', () => {
    const compiled = compile((a: tf.Tensor) => tf.add(a, constant([1, 2])));
    expect(() => compiled(x)).toThrow('could not be broadcast');
    expect(compiled.report().path).toBe('tape');
    expect([...toFloat64(compiled(constant([1, 1])))]).toEqual([2, 3]);
    expect(compiled.report().path).toBe('plan');
  });

  it('refuses what makes no sense', () => {
    expect(() => compile(3 as never)).toThrow(
      'compile: expected a function, or a solver of this toolkit, got number 3',
    );
    expect(() => compile({} as never)).toThrow('compile: expected a function, or a solver of this toolkit');
    expect(() => compile(() => x, { maxPlans: 0 })).toThrow('maxPlans must be a whole number above 0, got 0');
    expect(() => compile(() => x, { fallback: 'no' as never })).toThrow(
      "fallback must be 'tape' or 'error', got no",
    );
  });
});
