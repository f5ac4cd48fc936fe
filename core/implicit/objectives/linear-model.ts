import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
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

/** X w for w [p] or [p, k]; ImplicitError 'bad-tensor' with the shapes if they do not fit. */
export function predictions(where: string, weights: tf.Tensor, X: tf.Tensor): tf.Tensor {
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
export function ridgePenalty(l2: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(0.5, l2), tf.sum(tf.square(weights)));
}
