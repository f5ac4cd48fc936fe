import * as tf from '@tensorflow/tfjs-core';
import { constant, toFloat64 } from '@tessera/implicit';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';

/** Ridge regression with one penalty for each coefficient: X [n, p], y [n], theta [p]. */
export interface RidgeProblem {
  readonly X: tf.Tensor;
  readonly y: tf.Tensor;
  readonly theta: tf.Tensor;
}

/** A vector as a matrix of one column. */
export const column = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size, 1]);
/** All entries in one axis. */
export const flat = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size]);

/** ½‖Xw - y‖² + ½ Σ thetaᵢ wᵢ². */
export function ridgeObjective(w: tf.Tensor, theta: tf.Tensor, X: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const fit = tf.sum(tf.square(tf.sub(flat(tf.matMul(X, column(w))), y)));
  return tf.mul(0.5, tf.add(fit, tf.sum(tf.mul(theta, tf.square(w)))));
}

/** The solution of (XᵀX + diag theta) w = Xᵀy, from both sides. */
export function solveRidge(system: tf.Tensor, right: tf.Tensor): tf.Tensor {
  const { values, vectors } = symmetricEigen(toFloat64(system), right.size);
  const basis = constant(vectors, [right.size, right.size]);
  const inSpace = tf.div(flat(tf.matMul(basis, column(right))), constant(values));
  return flat(tf.matMul(basis, column(inSpace), true));
}
