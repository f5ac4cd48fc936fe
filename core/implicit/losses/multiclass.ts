import * as tf from '@tensorflow/tfjs-core';
import { checkKind, checkTensor, checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { checkValues } from '../plain-code.ts';
import { projectionSimplex } from '../projections/simplex.ts';
import type { Scalar } from '../scalar.ts';
import { oneHotLabels } from './labels.ts';

/*
 * Losses of scores [..., k] for labels [...] from 0 to k - 1; the result has the labels' shape. Differentiable by the scores
 * to every order, not by the labels; ties share the derivative of a maximum equally. ImplicitError 'bad-tensor' for other
 * labels, scores that are not finite, shapes that do not fit, and tensors without entries. Source: Blondel, Martins & Niculae 2020.
 */

/** log Σⱼ exp(sⱼ) - s_label: cross-entropy. Scores of -Infinity are classes ruled out. */
export function multiclassLogisticLoss(label: Scalar, scores: tf.Tensor): tf.Tensor {
  checkTensor('multiclassLogisticLoss', 'the scores', scores);
  checkKind('multiclassLogisticLoss', 'the label', label);
  checkRuledOut(scores);
  return tf.tidy(() => {
    const hot = oneHotLabels('multiclassLogisticLoss', label, scores);
    return tf.sub(tf.logSumExp(scores, -1), scoreOf(hot, scores));
  });
}

/** Scores may be -Infinity as long as a class is left; nothing else may be other than finite. */
function checkRuledOut(scores: tf.Tensor): void {
  const classes = scores.shape.at(-1) ?? 0;
  checkValues(scores, (values) => {
    const wrong = values.find((value) => Number.isNaN(value) || value === Infinity);
    const isEmptyRow = (start: number): boolean =>
      values.subarray(start, start + classes).every((value) => value === -Infinity);
    const rows = classes > 0 ? values.length / classes : 0;
    if (wrong === undefined && !Array.from({ length: rows }, (_, i) => i * classes).some(isEmptyRow)) return;
    throw new ImplicitError(
      'bad-tensor',
      `multiclassLogisticLoss: scores must be finite, or -Infinity for some classes of a row, got ${wrong ?? 'a row of -Infinity'}`,
    );
  });
}

/** maxⱼ(sⱼ + [j ≠ label]) - s_label (Crammer & Singer 2001). */
export function multiclassHingeLoss(label: Scalar, scores: tf.Tensor): tf.Tensor {
  checkTensors('multiclassHingeLoss', { 'the scores': scores });
  checkKind('multiclassHingeLoss', 'the label', label);
  return tf.tidy(() => {
    const hot = oneHotLabels('multiclassHingeLoss', label, scores);
    const withMargin = tf.add(scores, tf.sub(1, tf.cast(hot, 'float32')));
    return tf.sub(tf.max(withMargin, -1), scoreOf(hot, scores));
  });
}

/** maxⱼ sⱼ - s_label. */
export function multiclassPerceptronLoss(label: Scalar, scores: tf.Tensor): tf.Tensor {
  checkTensors('multiclassPerceptronLoss', { 'the scores': scores });
  checkKind('multiclassPerceptronLoss', 'the label', label);
  return tf.tidy(() => {
    const hot = oneHotLabels('multiclassPerceptronLoss', label, scores);
    return tf.sub(tf.max(scores, -1), scoreOf(hot, scores));
  });
}

/**
 * ⟨p, s - s_label⟩ + (1 - ‖p‖²)/2 with p the projection of the scores onto the simplex: cross-entropy's sparse relative,
 * zero as soon as the label leads by 1. Its gradient is p - onehot(label). Finite scores only.
 */
export function multiclassSparsemaxLoss(label: Scalar, scores: tf.Tensor): tf.Tensor {
  checkTensors('multiclassSparsemaxLoss', { 'the scores': scores });
  checkKind('multiclassSparsemaxLoss', 'the label', label);
  return tf.tidy(() => {
    const hot = oneHotLabels('multiclassSparsemaxLoss', label, scores);
    const p = projectionSimplex(scores);
    const ahead = tf.sub(scores, tf.expandDims(scoreOf(hot, scores), -1));
    const spread = tf.sub(1, tf.sum(tf.square(p), -1));
    return tf.add(tf.sum(tf.mul(p, ahead), -1), tf.mul(0.5, spread));
  });
}

/** Class probabilities that go with {@link multiclassSparsemaxLoss}: every row of scores [..., k] projected onto the simplex. */
export function multiclassSparsemaxProjection(scores: tf.Tensor): tf.Tensor {
  checkTensors('multiclassSparsemaxProjection', { 'the scores': scores });
  return projectionSimplex(scores);
}

/** Each row's score of its label; a product with zeros would make NaN of -Infinity. */
const scoreOf = (hot: tf.Tensor, scores: tf.Tensor): tf.Tensor =>
  tf.sum(tf.where(hot, scores, tf.zerosLike(scores)), -1);
