import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { allocate, broadcastTo } from './dense.ts';
import type { Dense } from './dense.ts';
import { erf } from './erf.ts';
import type { Attributes, DenseKernel, KernelTable } from './kernel.ts';

function map(x: Dense, f: (value: number) => number, dtype: DataType = x.dtype): Dense {
  const values = allocate(dtype, x.values.length);
  for (let i = 0; i < values.length; i++) values[i] = f(x.values[i]);
  return { shape: x.shape, dtype, values };
}

function zip(a: Dense, b: Dense, f: (left: number, right: number) => number, dtype: DataType): Dense {
  if (b.values.length === 1 && b.shape.length <= a.shape.length) {
    const right = b.values[0];
    return map(a, (left) => f(left, right), dtype);
  }
  if (a.values.length === 1 && a.shape.length <= b.shape.length) {
    const left = a.values[0];
    return map(b, (right) => f(left, right), dtype);
  }
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const left = broadcastTo(a, shape).values;
  const right = broadcastTo(b, shape).values;
  const values = allocate(dtype, left.length);
  for (let i = 0; i < values.length; i++) values[i] = f(left[i], right[i]);
  return { shape, dtype, values };
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const roundHalfEven = (x: number): number => {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
};

/** Maps of one number, by kernel. */
export const unary: Readonly<Record<string, (x: number) => number>> = {
  Abs: Math.abs,
  Acos: Math.acos,
  Acosh: Math.acosh,
  Asin: Math.asin,
  Asinh: Math.asinh,
  Atan: Math.atan,
  Atanh: Math.atanh,
  Ceil: Math.ceil,
  Cos: Math.cos,
  Cosh: Math.cosh,
  Selu: (x) => (x >= 0 ? tf.backend_util.SELU_SCALE * x : tf.backend_util.SELU_SCALEALPHA * Math.expm1(x)),
  Elu: (x) => (x >= 0 ? x : Math.expm1(x)),
  Erf: erf,
  Exp: Math.exp,
  Expm1: Math.expm1,
  Floor: Math.floor,
  Log: Math.log,
  Log1p: Math.log1p,
  Neg: (x) => -x,
  Reciprocal: (x) => 1 / x,
  // A comparison would turn NaN into 0 and hide it.
  Relu: (x) => (x <= 0 ? 0 : x),
  Relu6: (x) => (x <= 0 ? 0 : Math.min(x, 6)),
  Round: roundHalfEven,
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Sigmoid: sigmoid,
  Sign: Math.sign,
  Sin: Math.sin,
  Sinh: Math.sinh,
  Softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  Sqrt: Math.sqrt,
  Square: (x) => x * x,
  Tan: Math.tan,
  Tanh: Math.tanh,
};

/** Maps of one number to yes or no. */
export const predicates: Readonly<Record<string, (x: number) => boolean>> = {
  IsFinite: Number.isFinite,
  IsInf: (x) => x === Infinity || x === -Infinity,
  IsNan: Number.isNaN,
  LogicalNot: (x) => x === 0,
};

/** Maps of two numbers; the first is called `a` or `x`, the second `b` or `alpha`. */
export const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Atan2: Math.atan2,
  Maximum: Math.max,
  Minimum: Math.min,
  Mod: (a, b) => a - b * Math.floor(a / b),
  Multiply: (a, b) => a * b,
  Pow: Math.pow,
  Prelu: (x, alpha) => (x < 0 ? alpha * x : x),
  RealDiv: (a, b) => a / b,
  SquaredDifference: (a, b) => (a - b) * (a - b),
  Sub: (a, b) => a - b,
};

/** Maps of two numbers to yes or no. */
export const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessEqual: (a, b) => a <= b,
  LogicalAnd: (a, b) => a !== 0 && b !== 0,
  LogicalOr: (a, b) => a !== 0 || b !== 0,
  NotEqual: (a, b) => a !== b,
};

function castTo(x: Dense, dtype: DataType): Dense {
  if (dtype === 'bool') return map(x, (value) => (value === 0 ? 0 : 1), 'bool');
  return map(x, dtype === 'int32' ? Math.trunc : (value) => value, dtype);
}

function clip(x: Dense, attrs: Attributes): Dense {
  const low = attrs.clipValueMin as number;
  const high = attrs.clipValueMax as number;
  return map(x, (value) => (value < low ? low : value > high ? high : value));
}

function addAll(terms: readonly Dense[]): Dense {
  return terms.reduce((sum, term) => zip(sum, term, (a, b) => a + b, sum.dtype));
}

function select(condition: Dense, whenTrue: Dense, whenFalse: Dense): Dense {
  // tfjs allows a condition of rank 1 that chooses whole rows.
  const period = whenTrue.values.length / Math.max(condition.values.length, 1);
  const values = allocate(whenTrue.dtype, whenTrue.values.length);
  for (let i = 0; i < values.length; i++) {
    const chosen = condition.values[Math.floor(i / period)] === 0 ? whenFalse : whenTrue;
    values[i] = chosen.values[i]!;
  }
  return { shape: whenTrue.shape, dtype: whenTrue.dtype, values };
}

function table<F>(functions: Readonly<Record<string, F>>, wrap: (f: F) => DenseKernel): KernelTable {
  return Object.fromEntries(Object.entries(functions).map(([name, f]) => [name, wrap(f)]));
}

/** Maps of one or two broadcast arrays, casts and selection. */
export const elementwiseKernels: KernelTable = {
  ...table(
    unary,
    (f) =>
      ({ x }) =>
        map(x, f),
  ),
  ...table(
    predicates,
    (f) =>
      ({ x }) =>
        map(x, (value) => Number(f(value)), 'bool'),
  ),
  ...table(binary, (f) => (inputs) => {
    const a = inputs.a ?? inputs.x;
    return zip(a, inputs.b ?? inputs.alpha, f, a.dtype);
  }),
  ...table(
    comparisons,
    (f) =>
      ({ a, b }) =>
        zip(a, b, (left, right) => Number(f(left, right)), 'bool'),
  ),
  AddN: (inputs) => addAll(Object.values(inputs)),
  Cast: ({ x }, { dtype }) => castTo(x, dtype as DataType),
  ClipByValue: ({ x }, attrs) => clip(x, attrs),
  FloorDiv: ({ a, b }) => zip(a, b, (left, right) => Math.floor(left / right), 'int32'),
  EluGrad: ({ dy, y }) => zip(dy, y, (d, value) => (value >= 0 ? d : d * (value + 1)), 'float32'),
  LeakyRelu: ({ x }, { alpha }) => map(x, (value) => (value < 0 ? (alpha as number) * value : value)),
  OnesLike: ({ x }) => map(x, () => 1),
  Select: ({ condition, t, e }) => select(condition, t, e),
  Step: ({ x }, { alpha }) => map(x, (value) => (value > 0 ? 1 : value <= 0 ? (alpha as number) : NaN)),
  ZerosLike: ({ x }) => map(x, () => 0),
};
