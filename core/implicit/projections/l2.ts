import * as tf from '@tensorflow/tfjs-core';
import { TesseraError } from '../../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';

/** value · x / ‖x‖₂. Throws TesseraError 'bad-tensor' at x = 0, from which every point of the sphere is as near. */
export function projectionL2Sphere(x: tf.Tensor, value: Scalar = 1): tf.Tensor {
  if (norm(toFloat64(x)) === 0) {
    throw new TesseraError('bad-tensor', 'l2 sphere projection: the zero vector has no nearest point', {
      hint: 'Start the solver elsewhere, or project onto the ball.',
    });
  }
  return tf.tidy(() => tf.mul(x, tf.div(asTensor(value), tf.sqrt(tf.sum(tf.square(x))))));
}

/** argmin ‖p - x‖² over ‖p‖₂ <= maxValue; the identity inside, with derivative identity at x = 0 too. */
export function projectionL2Ball(x: tf.Tensor, maxValue: Scalar = 1): tf.Tensor {
  return tf.tidy(() => {
    const radius = asTensor(maxValue);
    const squared = tf.sum(tf.square(x));
    const inside = tf.lessEqual(squared, tf.square(radius));
    const one = tf.onesLike(squared);
    // The square root is taken of 1 inside: its slope at 0 is infinite and would turn into NaN.
    const safe = tf.sqrt(tf.where(inside, one, squared));
    return tf.mul(x, tf.where(inside, one, tf.div(radius, safe)));
  });
}
