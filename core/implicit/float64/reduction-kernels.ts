import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { allocate, materialise, sizeOfShape, stridesOf } from './dense.ts';
import type { Dense, Values } from './dense.ts';
import type { Attributes, DenseKernel, KernelTable } from './kernel.ts';

type Reducer = (values: Values, start: number, count: number) => number;

/** Reduces the given axes after moving them to the end. */
function reduce(x: Dense, attrs: Attributes, reducer: Reducer, dtype: DataType = x.dtype): Dense {
  // tfjs calls the axes of Max, and of no other reduction, `reductionIndices`.
  const axes = tf.util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number | number[], x.shape);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const isOrdered = order.every((axis, position) => axis === position);
  const strides = stridesOf(x.shape);
  const moved = isOrdered
    ? x
    : materialise(
        x,
        order.map((axis) => x.shape[axis]),
        order.map((axis) => strides[axis]),
      );
  const keptShape = kept.map((axis) => x.shape[axis]);
  const count = sizeOfShape(axes.map((axis) => x.shape[axis]));
  const values = allocate(dtype, sizeOfShape(keptShape));
  for (let i = 0; i < values.length; i++) values[i] = reducer(moved.values, i * count, count);
  const shape =
    attrs.keepDims === true ? x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : keptShape;
  return { shape, dtype, values };
}

const fold =
  (initial: number, f: (accumulated: number, value: number) => number): Reducer =>
  (values, start, count) => {
    let accumulated = initial;
    for (let i = start; i < start + count; i++) accumulated = f(accumulated, values[i]);
    return accumulated;
  };

const sum = fold(0, (a, b) => a + b);
const mean: Reducer = (values, start, count) => sum(values, start, count) / count;

const extremeIndex =
  (better: (candidate: number, best: number) => boolean): Reducer =>
  (values, start, count) => {
    let best = 0;
    for (let i = 1; i < count; i++) if (better(values[start + i], values[start + best])) best = i;
    return best;
  };

function scan(x: Dense, attrs: Attributes, initial: number, f: (a: number, b: number) => number): Dense {
  const axis = tf.util.parseAxisParam(attrs.axis as number, x.shape)[0];
  const length = x.shape[axis];
  const inner = sizeOfShape(x.shape.slice(axis + 1));
  const values = allocate(x.dtype, x.values.length);
  for (let lane = 0; lane < x.values.length / Math.max(length, 1); lane++) {
    const base = Math.floor(lane / inner) * length * inner + (lane % inner);
    let accumulated = initial;
    for (let step = 0; step < length; step++) {
      const at = base + (attrs.reverse === true ? length - 1 - step : step) * inner;
      if (attrs.exclusive === true) values[at] = accumulated;
      accumulated = f(accumulated, x.values[at]);
      if (attrs.exclusive !== true) values[at] = accumulated;
    }
  }
  return { shape: x.shape, dtype: x.dtype, values };
}

/** Softmax over the last axis, or its logarithm; shifted by the maximum so that nothing overflows. */
function softmax(logits: Dense, logarithm: boolean): Dense {
  const width = logits.shape.at(-1) ?? 1;
  const values = new Float64Array(logits.values.length);
  for (let start = 0; start < values.length; start += width) {
    const row = logits.values.subarray(start, start + width);
    const top = fold(-Infinity, Math.max)(row, 0, width);
    let total = 0;
    for (let i = 0; i < width; i++) total += Math.exp(row[i] - top);
    const logTotal = Math.log(total);
    for (let i = 0; i < width; i++) {
      values[start + i] = logarithm ? row[i] - top - logTotal : Math.exp(row[i] - top) / total;
    }
  }
  return { shape: logits.shape, dtype: 'float32', values };
}

const reduction =
  (reducer: Reducer, dtype?: DataType): DenseKernel =>
  ({ x }, attrs) =>
    reduce(x, attrs, reducer, dtype);

/** Sums, extremes, running sums and softmax. */
export const reductionKernels: KernelTable = {
  All: reduction(
    fold(1, (a, b) => a && b),
    'bool',
  ),
  Any: reduction(
    fold(0, (a, b) => a || b),
    'bool',
  ),
  ArgMax: reduction(
    extremeIndex((a, b) => a > b),
    'int32',
  ),
  ArgMin: reduction(
    extremeIndex((a, b) => a < b),
    'int32',
  ),
  Max: reduction(fold(-Infinity, Math.max)),
  Mean: reduction(mean, 'float32'),
  Min: reduction(fold(Infinity, Math.min)),
  Prod: reduction(fold(1, (a, b) => a * b)),
  Sum: reduction(sum),
  Cumprod: ({ x }, attrs) => scan(x, attrs, 1, (a, b) => a * b),
  Cumsum: ({ x }, attrs) => scan(x, attrs, 0, (a, b) => a + b),
  LogSoftmax: ({ logits }) => softmax(logits, true),
  Softmax: ({ logits }) => softmax(logits, false),
};
