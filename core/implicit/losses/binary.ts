import * as tf from '@tensorflow/tfjs-core';
import { checkKind, checkScalars } from '../checks.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { signAgainst } from './labels.ts';

/*
 * Losses of a real score for a label 0 or 1, entry by entry: label and score have one shape, and so has the result.
 * Differentiable by the score to every order, not by the label; at a kink an element of the subdifferential. ImplicitError
 * 'bad-tensor' for other labels, scores that are not finite, shapes that differ, and tensors without entries. Sources: Blondel, Martins & Niculae 2020, "Learning with Fenchel-Young losses".
 */

/** log(1 + exp(±score)): the logistic loss, with - for label 1. */
export function binaryLogisticLoss(label: Scalar, score: Scalar): tf.Tensor {
  return onMargin('binaryLogisticLoss', label, score, tf.softplus);
}

/** max(0, 1 ± score): the hinge loss of support vector machines, with - for label 1. Derivative 0 at the kink. */
export function binaryHingeLoss(label: Scalar, score: Scalar): tf.Tensor {
  return onMargin('binaryHingeLoss', label, score, (v) => tf.relu(tf.add(1, v)));
}

/** max(0, ±score): the loss of the perceptron, with - for label 1. Derivative 0 at the kink. */
export function binaryPerceptronLoss(label: Scalar, score: Scalar): tf.Tensor {
  return onMargin('binaryPerceptronLoss', label, score, tf.relu);
}

/** {@link sparsePlus}(±score), with - for label 1: zero beyond the margin, and smooth. */
export function binarySparsemaxLoss(label: Scalar, score: Scalar): tf.Tensor {
  return onMargin('binarySparsemaxLoss', label, score, sparsePlus);
}

/** 0 up to -1, (x + 1)²/4 up to 1, x above: what softplus is to the logistic loss. Its derivative is {@link sparseSigmoid}. */
export function sparsePlus(x: Scalar): tf.Tensor {
  checkScalars('sparsePlus', { x });
  return tf.tidy(() => {
    // Between the bends (c + 1)²/4 with c = x; above, c stands still and the rest is linear.
    const c = clipToUnit(asTensor(x));
    const bend = tf.mul(0.25, tf.square(tf.add(c, 1)));
    return tf.add(bend, tf.relu(tf.sub(asTensor(x), 1)));
  });
}

/** The probability (x + 1)/2 within [0, 1]: the derivative of {@link sparsePlus}. */
export function sparseSigmoid(x: Scalar): tf.Tensor {
  checkScalars('sparseSigmoid', { x });
  return tf.tidy(() => tf.mul(0.5, tf.add(clipToUnit(asTensor(x)), 1)));
}

const clipToUnit = (x: tf.Tensor): tf.Tensor => tf.minimum(tf.maximum(x, -1), 1);

function onMargin(
  where: string,
  label: Scalar,
  score: Scalar,
  loss: (against: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  checkKind(where, 'the label', label);
  checkScalars(where, { 'the score': score });
  return tf.tidy(() => {
    const scores = asTensor(score);
    return loss(tf.mul(signAgainst(where, label, scores), scores));
  });
}
