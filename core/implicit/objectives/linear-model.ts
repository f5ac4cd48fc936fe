import * as tf from '@tensorflow/tfjs-core';
import { checkNonNegative, checkScalars, checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { checkFields } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import type { Scalar } from '../scalar.ts';
import { asTensor } from '../scalar.ts';
import { shapesOf } from '../tree.ts';

/** Samples X [n, p] with responses or labels y: [n], or [n, k] for several responses. */
export interface Data {
  readonly X: tf.Tensor;
  readonly y: tf.Tensor;
}

/** Samples X [n, p] with one-hot labels Y [n, k]. */
export interface OneHotData {
  readonly X: tf.Tensor;
  readonly Y: tf.Tensor;
}

/** Weights [p, k] and one intercept for each class [k]. */
export interface WeightsWithIntercept {
  readonly W: tf.Tensor;
  readonly b: tf.Tensor;
}

const DATA: NamesOf<Data> = { X: true, y: true };
const ONE_HOT: NamesOf<OneHotData> = { X: true, Y: true };
const WEIGHTS: NamesOf<WeightsWithIntercept> = { W: true, b: true };

/** The data, once it is known to be what was asked for. */
export function checkData(where: string, data: Data): Data {
  checkFields(`${where}: the data`, data, DATA);
  checkTensors(where, { X: data.X, y: data.y });
  return data;
}

/** The same for one-hot labels. */
export function checkOneHotData(where: string, data: OneHotData): OneHotData {
  checkFields(`${where}: the data`, data, ONE_HOT);
  checkTensors(where, { X: data.X, Y: data.Y });
  return data;
}

/** The same for weights with intercepts. */
export function checkWeightsWithIntercept(
  where: string,
  weights: WeightsWithIntercept,
): WeightsWithIntercept {
  checkFields(`${where}: the weights`, weights, WEIGHTS);
  checkTensors(where, { W: weights.W, b: weights.b });
  return weights;
}

/** X w for w [p] or [p, k]; ImplicitError 'bad-tensor' with the shapes if they do not fit. */
export function predictions(where: string, weights: tf.Tensor, X: tf.Tensor): tf.Tensor {
  checkTensors(where, { 'the weights': weights });
  const fits = X.rank === 2 && X.size > 0 && weights.shape[0] === X.shape[1];
  if (!fits || (weights.rank !== 1 && weights.rank !== 2)) {
    throw new ImplicitError(
      'bad-tensor',
      `${where}: expected X [n, p] and weights [p] or [p, k], got ${shapesOf([X, weights])}`,
    );
  }
  const product = tf.matMul(X, tf.reshape(weights, [weights.shape[0], -1]));
  return weights.rank === 1 ? tf.reshape(product, [X.shape[0]]) : product;
}

/** l2/2 ‖w‖². */
export function ridgePenalty(where: string, l2: Scalar, weights: tf.Tensor): tf.Tensor {
  checkScalars(where, { 'the penalty': l2 });
  checkNonNegative(where, 'the penalty', l2);
  return tf.mul(tf.mul(0.5, asTensor(l2)), tf.sum(tf.square(weights)));
}
