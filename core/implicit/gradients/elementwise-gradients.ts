import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { broadcastSum } from './broadcast-sum.ts';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const asReal = (mask: tf.Tensor): tf.Tensor => tf.cast(mask, 'float32');
const oneMinusSquare: Unary = (x) => tf.sub(1, tf.square(x));

// Klambauer et al. 2017, to the digits that TensorFlow.js has.
const { SELU_SCALEALPHA, SELU_SCALE } = tf.backend_util;

/** f'(x) of each map, in terms of operations that have gradients themselves. */
const slopes: Readonly<Record<string, Unary>> = {
  Abs: tf.sign,
  Acos: (x) => tf.neg(tf.rsqrt(oneMinusSquare(x))),
  Acosh: (x) => tf.rsqrt(tf.sub(tf.square(x), 1)),
  Asin: (x) => tf.rsqrt(oneMinusSquare(x)),
  Asinh: (x) => tf.rsqrt(tf.add(tf.square(x), 1)),
  Atan: (x) => tf.reciprocal(tf.add(tf.square(x), 1)),
  Atanh: (x) => tf.reciprocal(oneMinusSquare(x)),
  Cos: (x) => tf.neg(tf.sin(x)),
  Cosh: tf.sinh,
  Elu: (x) => tf.exp(tf.minimum(x, 0)),
  Erf: (x) => tf.mul(constant(2 / Math.sqrt(Math.PI)), tf.exp(tf.neg(tf.square(x)))),
  Exp: tf.exp,
  Expm1: tf.exp,
  Log: tf.reciprocal,
  Log1p: (x) => tf.reciprocal(tf.add(x, 1)),
  Neg: (x) => tf.neg(tf.onesLike(x)),
  Reciprocal: (x) => tf.neg(tf.reciprocal(tf.square(x))),
  Relu: (x) => tf.step(x),
  Relu6: (x) => asReal(tf.logicalAnd(tf.greater(x, 0), tf.less(x, 6))),
  Rsqrt: (x) => tf.mul(-0.5, tf.div(tf.rsqrt(x), x)),
  Selu: (x) =>
    tf.where(
      tf.greater(x, 0),
      tf.mul(constant(SELU_SCALE), tf.onesLike(x)),
      tf.mul(constant(SELU_SCALEALPHA), tf.exp(tf.minimum(x, 0))),
    ),
  Sigmoid: (x) => tf.mul(tf.sigmoid(x), tf.sigmoid(tf.neg(x))),
  Sin: tf.cos,
  Sinh: tf.cosh,
  Softplus: tf.sigmoid,
  Sqrt: (x) => tf.mul(0.5, tf.rsqrt(x)),
  Square: (x) => tf.mul(2, x),
  Tan: (x) => tf.reciprocal(tf.square(tf.cos(x))),
  Tanh: (x) => oneMinusSquare(tf.tanh(x)),
};

/** Piecewise constant maps: their derivative is 0 wherever it exists. */
const flat: readonly string[] = [
  ...['Ceil', 'Floor', 'Round', 'Sign', 'Step', 'OnesLike', 'ZerosLike', 'IsFinite', 'IsInf', 'IsNan'],
  ...['LogicalNot', 'ArgMax', 'ArgMin', 'All', 'Any'],
];
const flatBinary: readonly string[] = [
  ...[
    'Equal',
    'NotEqual',
    'Less',
    'LessEqual',
    'Greater',
    'GreaterEqual',
    'LogicalAnd',
    'LogicalOr',
    'FloorDiv',
  ],
];

/** Partial derivatives of two-argument maps, before undoing the broadcast. Ties of max and min go to `a`. */
const partials: Readonly<Record<string, readonly [Binary, Binary]>> = {
  Add: [tf.onesLike, (_, b) => tf.onesLike(b)],
  Atan2: [
    (a, b) => tf.div(b, tf.add(tf.square(a), tf.square(b))),
    (a, b) => tf.neg(tf.div(a, tf.add(tf.square(a), tf.square(b)))),
  ],
  Maximum: [(a, b) => asReal(tf.greaterEqual(a, b)), (a, b) => asReal(tf.less(a, b))],
  Minimum: [(a, b) => asReal(tf.lessEqual(a, b)), (a, b) => asReal(tf.greater(a, b))],
  Mod: [tf.onesLike, (a, b) => tf.neg(tf.floor(tf.div(a, b)))],
  Multiply: [(_, b) => b, (a) => a],
  Pow: [(a, b) => tf.mul(b, tf.pow(a, tf.sub(b, 1))), powerByExponent],
  RealDiv: [(_, b) => tf.reciprocal(b), (a, b) => tf.neg(tf.div(a, tf.square(b)))],
  SquaredDifference: [(a, b) => tf.mul(2, tf.sub(a, b)), (a, b) => tf.mul(2, tf.sub(b, a))],
  Sub: [tf.onesLike, (_, b) => tf.neg(tf.onesLike(b))],
};

/** ∂(aᵇ)/∂b = aᵇ log a, taken as 0 where a <= 0. */
function powerByExponent(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const positive = tf.greater(a, 0);
  const safe = tf.where(positive, a, tf.onesLike(a));
  return tf.mul(tf.pow(safe, b), tf.log(safe));
}

const zerosFor =
  (names: readonly string[]): tf.GradFunc =>
  (_, saved) =>
    Object.fromEntries(names.map((name, i) => [name, () => tf.zeros(saved[i].shape)]));

function register(kernelName: string, inputsToSave: string[], gradFunc: tf.GradFunc): void {
  tf.registerGradient({ kernelName, inputsToSave, gradFunc });
}

/** Registers the gradients of elementwise kernels. */
export function registerElementwiseGradients(): void {
  for (const [name, slope] of Object.entries(slopes)) {
    register(name, ['x'], (dy, saved) => ({
      x: () => tf.mul(dy as tf.Tensor, slope(saved[0])),
    }));
  }
  for (const name of flat) register(name, ['x'], zerosFor(['x']));
  for (const name of flatBinary) register(name, ['a', 'b'], zerosFor(['a', 'b']));
  for (const [name, [byA, byB]] of Object.entries(partials)) {
    register(name, ['a', 'b'], (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return {
        a: () => broadcastSum(tf.mul(dy as tf.Tensor, byA(a, b)), a.shape),
        b: () => broadcastSum(tf.mul(dy as tf.Tensor, byB(a, b)), b.shape),
      };
    });
  }
  registerParametrised();
}

function registerParametrised(): void {
  register('ClipByValue', ['x'], (dy, saved, attrs) => {
    const { clipValueMin, clipValueMax } = attrs as unknown as { clipValueMin: number; clipValueMax: number };
    const x = saved[0];
    const inside = tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax));
    return { x: () => tf.mul(dy as tf.Tensor, asReal(inside)) };
  });
  register('LeakyRelu', ['x'], (dy, saved, attrs) => {
    const { alpha } = attrs as unknown as { alpha: number };
    return { x: () => tf.mul(dy as tf.Tensor, tf.step(saved[0], alpha)) };
  });
  register('Select', ['condition'], (dy, saved) => {
    const condition = saved[0];
    const zero = tf.zerosLike(dy as tf.Tensor);
    return {
      condition: () => tf.zeros(condition.shape),
      t: () => tf.where(condition, dy as tf.Tensor, zero),
      e: () => tf.where(condition, zero, dy as tf.Tensor),
    };
  });
  register('Cast', [], (dy) => ({ x: () => tf.cast(dy as tf.Tensor, 'float32') }));
  register('Identity', [], (dy) => ({ x: () => tf.cast(dy as tf.Tensor, 'float32') }));
  register('Prelu', ['x', 'alpha'], (dy, saved) => {
    const [x, alpha] = saved as [tf.Tensor, tf.Tensor];
    const isBelow = tf.less(x, 0);
    const below = asReal(isBelow);
    return {
      x: () => tf.mul(dy as tf.Tensor, tf.add(tf.sub(1, below), tf.mul(below, alpha))),
      alpha: () => broadcastSum(tf.mul(dy as tf.Tensor, tf.mul(below, x)), alpha.shape),
    };
  });
  tf.registerGradient({
    kernelName: 'AddN',
    saveAllInputs: true,
    gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(dy as tf.Tensor)])),
  });
}
