import * as tf from '@tensorflow/tfjs-core';
import { checkNonNegative, checkSameShape, checkScalars, checkTensors } from '../checks.ts';
import { huberLoss } from '../losses/regression.ts';
import { checkFields } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import { checkElasticNet } from '../prox/elastic-net-parameters.ts';
import type { ElasticNetParameters } from '../prox/elastic-net-parameters.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { checkData, predictions, ridgePenalty } from './linear-model.ts';
import type { Data } from './linear-model.ts';

/*
 * Objectives of linear regression: weights first, then what is differentiated by, then the data, as solvers pass them. Weights
 * are [p] for y [n], or [p, k] for y [n, k]. Means, not sums, over the samples. ImplicitError 'bad-tensor' for shapes that do
 * not fit.
 */

/** mean (X w - y)² / 2. */
export function leastSquares(weights: tf.Tensor, data: Data): tf.Tensor {
  const { X, y } = checkData('leastSquares', data);
  return tf.tidy(() => {
    const fitted = predictions('leastSquares', weights, X);
    checkSameShape('leastSquares', 'y', y, fitted);
    return tf.mul(0.5, tf.mean(tf.square(tf.sub(fitted, y))));
  });
}

/** {@link leastSquares} + l2/2 ‖w‖². */
export function ridgeRegression(weights: tf.Tensor, l2: Scalar, data: Data): tf.Tensor {
  return tf.tidy(() => tf.add(leastSquares(weights, data), ridgePenalty('ridgeRegression', l2, weights)));
}

/** {@link leastSquares} + l1 ‖w‖₁: the whole objective, to compare solutions by; solvers take its parts. */
export function lasso(weights: tf.Tensor, l1: Scalar, data: Data): tf.Tensor {
  return elasticNet(weights, { l1, gamma: 0 }, data);
}

/** {@link leastSquares} + l1 (‖w‖₁ + gamma/2 ‖w‖²), the penalty of `proxElasticNet`. */
export function elasticNet(weights: tf.Tensor, parameters: ElasticNetParameters, data: Data): tf.Tensor {
  const { l1, gamma } = checkElasticNet('elasticNet', parameters);
  checkTensors('elasticNet', { 'the weights': weights });
  checkScalars('elasticNet', { l1, gamma });
  checkNonNegative('elasticNet', 'l1', l1);
  return tf.tidy(() => {
    const penalty = tf.add(tf.sum(tf.abs(weights)), ridgePenalty('elasticNet', gamma, weights));
    return tf.add(leastSquares(weights, data), tf.mul(asTensor(l1), penalty));
  });
}

/** Penalty and bend of {@link huberRegression}. */
export interface HuberParameters {
  readonly l2: Scalar;
  /** Residuals beyond it count linearly. @default 1 */
  readonly delta?: Scalar;
}

const HUBER: NamesOf<HuberParameters> = { l2: true, delta: true };

/** mean of `huberLoss`(y, X w, delta) + l2/2 ‖w‖². */
export function huberRegression(weights: tf.Tensor, parameters: HuberParameters, data: Data): tf.Tensor {
  checkFields('huberRegression: the parameters', parameters, HUBER);
  const { l2, delta = 1 } = parameters;
  const { X, y } = checkData('huberRegression', data);
  return tf.tidy(() => {
    const loss = tf.mean(huberLoss(y, predictions('huberRegression', weights, X), delta));
    return tf.add(loss, ridgePenalty('huberRegression', l2, weights));
  });
}
