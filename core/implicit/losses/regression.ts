import * as tf from '@tensorflow/tfjs-core';
import { checkSameShape, checkScalars } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { checkValues } from '../plain-code.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';

/**
 * Huber's loss, entry by entry: d²/2 where |d| <= delta, delta (|d| - delta/2) beyond, for d = prediction - target of one
 * shape. Differentiable by all three. Throws ImplicitError 'bad-tensor' for shapes that differ or a delta that is not
 * above 0. Source: Huber 1964.
 */
export function huberLoss(target: Scalar, prediction: Scalar, delta: Scalar = 1): tf.Tensor {
  checkScalars('huberLoss', { 'the target': target, 'the prediction': prediction, delta });
  return tf.tidy(() => {
    const [wanted, got, bend] = [target, prediction, delta].map(asTensor);
    checkSameShape('huberLoss', 'the prediction', got, wanted);
    checkDelta(delta);
    const d = tf.sub(got, wanted);
    const clipped = tf.minimum(tf.maximum(d, tf.neg(bend)), bend);
    return tf.mul(clipped, tf.sub(d, tf.mul(0.5, clipped)));
  });
}

function checkDelta(delta: Scalar): void {
  const refuse = (got: string | number): never => {
    throw new ImplicitError('bad-tensor', `huberLoss: delta must be one number above 0, got ${got}`);
  };
  const check = (values: ArrayLike<number>): void => {
    const value = values[0];
    if (!(value > 0)) refuse(value);
  };
  if (typeof delta === 'number') check([delta]);
  else if (delta.size !== 1) refuse(`shape [${delta.shape.join(', ')}]`);
  else checkValues(delta, check);
}
