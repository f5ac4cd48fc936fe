import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { erf } from '../../../core/implicit/float64/erf.ts';
import { toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { registerGradients } from '../../../core/implicit/gradients/register-gradients.ts';
import { inFloat64 } from '../../../core/implicit/in-float64.ts';

type Operation = (x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** Real operations of a positive matrix x [3, 4] and a matrix y [3, 4] with entries of both signs. */
const smooth: Readonly<Record<string, Operation>> = {
  add: (x, y) => tf.add(x, y),
  'add broadcast': (x, y) => tf.add(tf.slice(x, [0, 0], [1, 4]), tf.slice(y, [0, 1], [3, 1])),
  sub: (x, y) => tf.sub(x, y),
  mul: (x, y) => tf.mul(x, y),
  div: (x, y) => tf.div(y, x),
  pow: (x, y) => tf.pow(x, y),
  maximum: (x, y) => tf.maximum(x, y),
  minimum: (x, y) => tf.minimum(x, y),
  atan2: (x, y) => tf.atan2(x, y),
  squaredDifference: (x, y) => tf.squaredDifference(x, y),
  addN: (x, y) => tf.addN([x, y, x]),
  abs: (_, y) => tf.abs(y),
  acos: (x) => tf.acos(tf.div(x, 4)),
  acosh: (x) => tf.acosh(tf.add(x, 1)),
  asin: (x) => tf.asin(tf.div(x, 4)),
  asinh: (_, y) => tf.asinh(y),
  atan: (_, y) => tf.atan(y),
  atanh: (x) => tf.atanh(tf.div(x, 4)),
  cos: (_, y) => tf.cos(y),
  cosh: (_, y) => tf.cosh(y),
  elu: (_, y) => tf.elu(y),
  erf: (_, y) => tf.erf(y),
  exp: (_, y) => tf.exp(y),
  expm1: (_, y) => tf.expm1(y),
  log: (x) => tf.log(x),
  log1p: (x) => tf.log1p(x),
  neg: (_, y) => tf.neg(y),
  reciprocal: (x) => tf.reciprocal(x),
  relu: (_, y) => tf.relu(y),
  relu6: (_, y) => tf.relu6(tf.mul(8, y)),
  leakyRelu: (_, y) => tf.leakyRelu(y, 0.25),
  selu: (_, y) => tf.selu(y),
  prelu: (x, y) => tf.prelu(y, x),
  prod: (_, y) => tf.prod(y),
  'prod by row': (x, y) => tf.prod(tf.mul(x, y), 1),
  rsqrt: (x) => tf.rsqrt(x),
  sigmoid: (_, y) => tf.sigmoid(y),
  sin: (_, y) => tf.sin(y),
  sinh: (_, y) => tf.sinh(y),
  softplus: (_, y) => tf.softplus(y),
  sqrt: (x) => tf.sqrt(x),
  square: (_, y) => tf.square(y),
  tan: (x) => tf.tan(tf.div(x, 4)),
  tanh: (_, y) => tf.tanh(y),
  clip: (_, y) => tf.clipByValue(y, -0.5, 0.75),
  where: (x, y) => tf.where(tf.greater(x, y), x, tf.mul(y, 3)),
  'where by row': (x, y) => tf.where(tf.tensor1d([1, 0, 1, 0], 'bool'), x, y),
  mod: (x, y) => tf.mod(tf.mul(5, y), x),
  sum: (x) => tf.sum(x, 0),
  'sum keeping dimensions': (x) => tf.sum(x, [1], true),
  mean: (x) => tf.mean(x, -1),
  max: (x) => tf.max(x, 1),
  min: (x) => tf.min(x, 0, true),
  logSumExp: (_, y) => tf.logSumExp(y, 1),
  cumsum: (_, y) => tf.cumsum(y, 0, true, true),
  'cumsum of rows': (_, y) => tf.cumsum(y, 1),
  softmax: (_, y) => tf.softmax(y),
  norm: (x) => tf.norm(x),
  matMul: (x, y) => tf.matMul(x, y, true),
  'matMul transposed': (x, y) => tf.matMul(x, y, false, true),
  'matMul both transposed': (x, y) => tf.matMul(x, tf.matMul(y, x, false, true), true, true),
  'batched matMul': (x, y) =>
    tf.matMul(tf.reshape(x, [2, 2, 3]), tf.reshape(tf.slice(y, [0, 0], [3, 1]), [3, 1])),
  transpose: (x) => tf.transpose(tf.reshape(x, [2, 2, 3]), [2, 0, 1]),
  reshape: (x) => tf.reshape(x, [2, -1]),
  expandDims: (x) => tf.expandDims(x, 1),
  squeeze: (x) => tf.squeeze(tf.expandDims(x, 0)),
  tile: (x) => tf.tile(x, [2, 3]),
  broadcastTo: (x) => tf.broadcastTo(tf.slice(x, [0, 0], [1, 4]), [3, 4]),
  slice: (x) => tf.slice(x, [1, 1], [2, 2]),
  pad: (x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [2, 1],
      ],
      0.5,
    ),
  concat: (x, y) => tf.concat([x, tf.mul(2, y), x], 1),
  stack: (x, y) => tf.stack([x, y], 1),
  unstack: (x) => tf.unstack(x, 1)[2],
  split: (x) => tf.split(x, [1, 3], 1)[1],
  reverse: (x) => tf.reverse(x, [0, 1]),
  gather: (x) =>
    tf.gather(
      x,
      tf.tensor2d(
        [
          [0, 2],
          [2, 1],
        ],
        [2, 2],
        'int32',
      ),
      1,
    ),
  gatherND: (x) =>
    tf.gatherND(
      x,
      tf.tensor2d(
        [
          [0, 1],
          [2, 3],
          [0, 1],
        ],
        [3, 2],
        'int32',
      ),
    ),
  scatterND: (x) => tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], 'int32'), x, [5, 4]),
  unsortedSegmentSum: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], 'int32'), 2),
  topk: (x) => tf.topk(x, 2).values,
};

/** Operations without a gradient, or with integer results. */
const discrete: Readonly<Record<string, Operation>> = {
  // tfjs writes this one as a custom gradient that saves its output: no second derivative.
  logSoftmax: (_, y) => tf.logSoftmax(y),
  ceil: (_, y) => tf.ceil(y),
  floor: (_, y) => tf.floor(y),
  round: (x) => tf.round(tf.mul(x, 2)),
  sign: (_, y) => tf.sign(y),
  step: (_, y) => tf.step(y, 0.5),
  isNaN: (x) => tf.isNaN(tf.sqrt(tf.sub(x, 1))),
  isFinite: (x) => tf.isFinite(x),
  logicalAnd: (x, y) => tf.logicalAnd(tf.greater(x, 1), tf.notEqual(y, 0)),
  logicalOr: (x, y) => tf.logicalOr(tf.lessEqual(x, 1), tf.equal(y, 0)),
  logicalNot: (x) => tf.logicalNot(tf.less(x, 1)),
  floorDiv: (x) => tf.floorDiv(tf.mul(7.5, x), x),
  argMax: (_, y) => tf.argMax(y, 1),
  argMin: (_, y) => tf.argMin(y, 0),
  all: (x) => tf.all(tf.greater(x, 0.5), 1),
  any: (x) => tf.any(tf.greater(x, 2), 0),
  prod: (x) => tf.prod(x, 1),
  cumprod: (x) => tf.cumprod(x, 1),
  oneHot: () => tf.oneHot(tf.tensor1d([1, 0, 5], 'int32'), 3, 2, -1),
  range: () => tf.range(0.5, 4, 0.75),
  linspace: () => tf.linspace(0, 1, 5),
  fill: () => tf.fill([2, 2], 0.5),
  stridedSlice: (x) => tf.stridedSlice(x, [2, 0], [0, 4], [-1, 2]),
  cast: (x) => tf.cast(tf.mul(x, 3), 'int32'),
  eye: () => tf.eye(3),
};

const xValues = [0.7, 1.3, 2.1, 0.4, 1.9, 0.9, 1.1, 2.6, 0.3, 1.6, 2.2, 0.6];
const yValues = [-0.3, 0.8, 0.2, -1.1, 0.9, -0.6, 1.4, 0.1, -0.8, 0.45, -1.5, 0.55];
const inputs = (): [tf.Tensor, tf.Tensor] => [constant(xValues, [3, 4]), constant(yValues, [3, 4])];

/** One weight for each output, to turn an operation into a number whose derivatives see every entry. */
const weigh = (t: tf.Tensor): tf.Tensor =>
  tf.sum(
    tf.mul(
      t,
      constant(
        Float64Array.from({ length: t.size }, (_, i) => Math.cos(i)),
        t.shape,
      ),
    ),
  );

beforeAll(async () => {
  registerGradients();
  await tf.setBackend('cpu');
});

describe('the float64 backend', () => {
  for (const [name, operation] of Object.entries({ ...smooth, ...discrete })) {
    it(`${name} agrees with the plain backend to float32`, () => {
      const run = (): [number[], number[], string] =>
        tf.tidy(() => {
          const result = operation(...inputs());
          return [result.shape, Array.from(result.dataSync()), result.dtype] as never;
        });
      const want = run();
      const got = inFloat64(run);
      expect(got[0]).toEqual(want[0]);
      expect(got[2]).toBe(want[2]);
      // float32 rounding, a few operations deep.
      expect(got[1]).toBeAllclose(want[1], { rtol: 1e-5, atol: 1e-6 });
    });
  }

  it('keeps 64 bits in, through and out', () => {
    const got = inFloat64(() => tf.tidy(() => tf.add(constant(0.1), constant(0.2)).dataSync()[0]));
    expect(got).toBe(0.1 + 0.2);
  });

  it('hands float32 to another backend that takes a tensor over, and all bits to toFloat64()', () => {
    const x = inFloat64(() => constant([0.1, 0.2]));
    expect(toFloat64(x)).toBeAllclose([0.1, 0.2], {});
    const doubled = tf.mul(x, 2);
    expect(Array.from(doubled.dataSync())).toEqual([Math.fround(0.2), Math.fround(0.4)]);
    tf.dispose([x, doubled]);
  });

  it('restores the former backend, also after an error', () => {
    expect(() =>
      inFloat64(() => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(tf.getBackend()).toBe('cpu');
  });

  it('names an operation it has no kernel for', () => {
    const image = tf.zeros<tf.Rank.R4>([1, 4, 4, 1]);
    expect(() => inFloat64(() => tf.maxPool(image, 2, 2, 'valid'))).toThrow(
      "Kernel 'MaxPool' not registered for backend 'float64'",
    );
    image.dispose();
  });

  it('lets NaN through everywhere', () => {
    const nan = inFloat64(() =>
      tf.tidy(() => {
        const x = constant([NaN]);
        return [tf.relu(x), tf.max(x), tf.clipByValue(x, 0, 1), tf.step(x)].map(
          (t) => t.dataSync()[0],
        ) as never;
      }),
    );
    expect(nan).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('erf() matches tabulated values (Abramowitz & Stegun, table 7.1)', () => {
    const table = [0.1, 0.5, 1, 2, 2.6, 4];
    const want = [
      0.1124629160182849, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.999763965583471,
      0.9999999845827421,
    ];
    expect(table.map(erf)).toBeAllclose(want, { rtol: 1e-14 });
    expect([erf(-1), erf(0), erf(30), erf(NaN)]).toEqual([-erf(1), 0, 1, NaN]);
  });
});

/** A fixed direction in the space of a [3, 4] input. */
const direction = Array.from({ length: 12 }, (_, i) => Math.sin(3 * i + 1));

/** Central difference of a number-valued function along {@link direction}. */
function slopeByDifference(f: (x: tf.Tensor) => tf.Tensor, values: readonly number[]): number {
  const h = 1e-5;
  const at = (delta: number): number =>
    toFloat64(
      f(
        constant(
          values.map((v, j) => v + delta * direction[j]),
          [3, 4],
        ),
      ),
    )[0];
  return (at(h) - at(-h)) / (2 * h);
}

describe('gradients of tfjs operations', () => {
  for (const [name, operation] of Object.entries(smooth)) {
    it(`${name}: first and second derivatives agree with central differences`, () => {
      inFloat64(() =>
        tf.tidy(() => {
          const [x, y] = inputs();
          const ofX = (t: tf.Tensor): tf.Tensor => weigh(operation(t, y));
          const ofY = (t: tf.Tensor): tf.Tensor => weigh(operation(x, t));
          for (const [f, at] of [
            [ofX, xValues],
            [ofY, yValues],
          ] as const) {
            // Zero times the input connects operations that ignore it.
            const connected = (t: tf.Tensor): tf.Tensor => tf.add(f(t), tf.mul(0, tf.sum(tf.square(t))));
            const gradient = tf.grad(connected);
            const slope = (t: tf.Tensor): tf.Tensor => weigh(gradient(t));
            for (const g of [connected, slope]) {
              const along = toFloat64(
                tf.sum(tf.mul(tf.grad(g)(constant([...at], [3, 4])), constant(direction, [3, 4]))),
              );
              // Central differences with h = 1e-5 are good to about 1e-9 of the third derivative.
              expect(along).toBeAllclose([slopeByDifference(g, at)], { rtol: 1e-6, atol: 1e-7 });
            }
          }
        }),
      );
    });
  }
});
