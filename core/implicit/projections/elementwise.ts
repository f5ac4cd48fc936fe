import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { checkBounds, checkNonNegative, checkScalars, checkTensors } from '../checks.ts';
import { checkValues } from '../plain-code.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { explainShapes } from '../arity.ts';

/** argmin ‖p - x‖² over p >= 0. */
export function projectionNonNegative(x: tf.Tensor): tf.Tensor {
  checkTensors('non-negative projection', { x });
  return tf.relu(x);
}

/**
 * argmin ‖p - x‖² over lower <= p <= upper (numbers, or tensors that broadcast to x). Throws ImplicitError 'bad-tensor' if
 * lower > upper anywhere.
 */
export function projectionBox(x: tf.Tensor, lower: Scalar, upper: Scalar): tf.Tensor {
  checkTensors('box projection', { x });
  checkBounds('box projection', { lower, upper });
  return explainShapes('box projection', { x, lower, upper }, () =>
    tf.tidy(() => {
      const [low, high] = [asTensor(lower), asTensor(upper)];
      checkValues(tf.cast(tf.greater(low, high), 'float32'), (isEmpty) => {
        if (!isEmpty.includes(1)) return;
        throw new ImplicitError('bad-tensor', 'box projection: the box is empty: lower > upper');
      });
      return tf.minimum(tf.maximum(x, low), high);
    }),
  );
}

/** argmin ‖p - x‖² over 0 <= p <= unit. */
export function projectionHypercube(x: tf.Tensor, unit: Scalar = 1): tf.Tensor {
  checkScalars('hypercube projection', { unit });
  checkNonNegative('hypercube projection', 'unit', unit);
  return projectionBox(x, 0, unit);
}

/** argmin ‖p - x‖² over |pᵢ| <= maxValue. */
export function projectionLinfBall(x: tf.Tensor, maxValue: Scalar = 1): tf.Tensor {
  checkScalars('l∞ ball projection', { maxValue });
  checkNonNegative('l∞ ball projection', 'maxValue', maxValue);
  return tf.tidy(() => {
    const bound = asTensor(maxValue);
    return projectionBox(x, tf.neg(bound), bound);
  });
}
