import * as tf from '@tensorflow/tfjs-core';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';

/** argmin ‖p - x‖² over p >= 0. */
export function projectionNonNegative(x: tf.Tensor): tf.Tensor {
  return tf.relu(x);
}

/** argmin ‖p - x‖² over lower <= p <= upper (numbers, or tensors that broadcast to x); needs lower <= upper. */
export function projectionBox(x: tf.Tensor, lower: Scalar, upper: Scalar): tf.Tensor {
  return tf.tidy(() => tf.minimum(tf.maximum(x, asTensor(lower)), asTensor(upper)));
}

/** argmin ‖p - x‖² over 0 <= p <= unit. */
export function projectionHypercube(x: tf.Tensor, unit: Scalar = 1): tf.Tensor {
  return projectionBox(x, 0, unit);
}

/** argmin ‖p - x‖² over |pᵢ| <= maxValue. */
export function projectionLinfBall(x: tf.Tensor, maxValue: Scalar = 1): tf.Tensor {
  return tf.tidy(() => {
    const bound = asTensor(maxValue);
    return projectionBox(x, tf.neg(bound), bound);
  });
}
