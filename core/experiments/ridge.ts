import * as tf from '@tensorflow/tfjs-core';
import { constant, toFloat64 } from 'tfjs-implicit';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import { createRandom } from '../random.ts';

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

/** Correlated, centred predictors of unit length and a noisy response, in the likeness of the diabetes study. */
export function syntheticRidge(seed: number, n = 442, p = 10): RidgeProblem {
  const random = createRandom(seed);
  const columns = Array.from({ length: p }, () => Array.from({ length: n }, () => random.normal()));
  for (let j = 1; j < p; j++) columns[j] = columns[j].map((v, i) => 0.6 * columns[j - 1][i] + v);
  const scaled = columns.map((values) => {
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const size = Math.hypot(...values.map((v) => v - mean));
    return values.map((v) => (v - mean) / size);
  });
  const weights = Array.from({ length: p }, () => 400 * random.normal());
  const X = Float64Array.from({ length: n * p }, (_, at) => scaled[at % p][Math.floor(at / p)]);
  const y = Float64Array.from({ length: n }, (_, i) => {
    let sum = 50 * random.normal();
    for (let j = 0; j < p; j++) sum += weights[j] * X[i * p + j];
    return sum;
  });
  return { X: constant(X, [n, p]), y: constant(y), theta: tf.ones([p]) };
}
