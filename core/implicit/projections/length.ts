import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';

/**
 * ‖x‖₂ of all entries as a differentiable scalar, for x ≠ 0; NaN if an entry is.
 *
 * Computed in units of `length`, its value: squares of entries above 1e19 or below 1e-19 leave 32 bits.
 */
export function lengthOf(x: tf.Tensor, length = norm(toFloat64(x))): tf.Tensor {
  const unit = constant(length);
  return tf.mul(unit, tf.sqrt(tf.sum(tf.square(tf.div(x, unit)))));
}
