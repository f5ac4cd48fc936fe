import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { bySample } from './by-sample.ts';
import { checkNonNegative, checkScalars, checkTensors } from '../checks.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import { lengthOf } from './length.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';

/**
 * value · x / ‖x‖₂. Throws ImplicitError 'bad-tensor' for value < 0, and at x = 0, from which every point of the sphere is
 * as near.
 */
export function projectionL2Sphere(x: tf.Tensor, value: Scalar = 1): tf.Tensor {
  checkTensors('l2 sphere projection', { x });
  checkScalars('l2 sphere projection', { value });
  return bySample('l2 sphere projection', [x, value], [1, 0], oneProjectionL2Sphere);
}

function oneProjectionL2Sphere(x: tf.Tensor, value: Scalar): tf.Tensor {
  checkNonNegative('l2 sphere projection', 'value', value);
  const length = norm(toFloat64(x));
  if (length === 0) {
    throw new ImplicitError('bad-tensor', 'l2 sphere projection: the zero vector has no nearest point', {
      hint: 'Start the solver elsewhere, or project onto the ball.',
    });
  }
  // The direction first: value / ‖x‖ overflows for a tiny x.
  return tf.tidy(() => tf.mul(asTensor(value), tf.div(x, lengthOf(x, length))));
}

/**
 * argmin ‖p - x‖² over ‖p‖₂ <= maxValue; the identity inside, with derivative identity at x = 0 too. Throws ImplicitError
 * 'bad-tensor' for maxValue < 0.
 */
export function projectionL2Ball(x: tf.Tensor, maxValue: Scalar = 1): tf.Tensor {
  checkTensors('l2 ball projection', { x });
  checkScalars('l2 ball projection', { maxValue });
  return bySample('l2 ball projection', [x, maxValue], [1, 0], oneProjectionL2Ball);
}

function oneProjectionL2Ball(x: tf.Tensor, maxValue: Scalar): tf.Tensor {
  checkNonNegative('l2 ball projection', 'maxValue', maxValue);
  return tf.tidy(() => {
    const radius = asTensor(maxValue);
    const length = norm(toFloat64(x));
    // Inside it does not depend on the radius; the product keeps the two connected for tf.grads.
    if (length <= toFloat64(radius)[0]) return tf.add(x, tf.mul(radius, constant(0)));
    return tf.mul(radius, tf.div(x, lengthOf(x, length)));
  });
}
