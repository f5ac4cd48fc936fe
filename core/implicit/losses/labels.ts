import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { checkValues } from '../plain-code.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { withoutTape } from '../tape.ts';

/*
 * Labels are read once for each tensor, not at every evaluation of a loss: a solver evaluates it thousands of times with
 * the same ones. The store of a tensor's values never changes.
 */
const largestSeen = new WeakMap<object, number>();

/** Judges the largest label; ImplicitError 'bad-tensor' unless all are whole numbers from 0 on. */
function checkLabels(where: string, label: tf.Tensor, judge: (largest: number) => void): void {
  const seen = largestSeen.get(label.dataId);
  if (seen !== undefined) {
    judge(seen);
    return;
  }
  let isTraced = false;
  withoutTape(() =>
    checkValues(label, (values) => {
      const wrong = values.find((value) => !Number.isInteger(value) || value < 0);
      if (wrong !== undefined) {
        throw new ImplicitError(
          'bad-tensor',
          `${where}: labels must be whole numbers from 0 on, got ${wrong}`,
        );
      }
      const largest = values.reduce((most, value) => Math.max(most, value), 0);
      if (!isTraced) largestSeen.set(label.dataId, largest);
      judge(largest);
    }),
  );
  // From here on the check is that of a compiled function, whose labels change.
  isTraced = true;
}

/** -1 for label 1 and 1 for label 0, as real numbers shaped like the scores. */
export function signAgainst(where: string, label: Scalar, score: tf.Tensor): tf.Tensor {
  const labels = asTensor(label);
  checkShape(where, labels, score.shape, score);
  checkLabels(where, labels, (largest) => {
    if (largest <= 1) return;
    throw new ImplicitError('bad-tensor', `${where}: labels must be 0 or 1, got ${largest}`, {
      hint: 'For more than two classes use the multiclass loss.',
    });
  });
  // A comparison, through which no derivative flows to the labels.
  const isOne = tf.cast(tf.equal(labels, 1), 'float32');
  return tf.sub(1, tf.mul(2, isOne));
}

/** One-hot labels [..., k] as truth values, for scores [..., k]. */
export function oneHotLabels(where: string, label: Scalar, scores: tf.Tensor): tf.Tensor {
  const classes = scores.shape.at(-1) ?? 0;
  const labels = asTensor(label);
  if (classes === 0) {
    throw new ImplicitError(
      'bad-tensor',
      `${where}: scores must have shape [..., classes], got [${scores.shape.join(', ')}]`,
    );
  }
  checkShape(where, labels, scores.shape.slice(0, -1), scores);
  checkLabels(where, labels, (largest) => {
    if (largest < classes) return;
    throw new ImplicitError(
      'bad-tensor',
      `${where}: ${classes} scores go with the labels 0 to ${classes - 1}, got ${largest}`,
    );
  });
  return tf.cast(tf.oneHot(tf.cast(labels, 'int32'), classes), 'bool');
}

function checkShape(where: string, labels: tf.Tensor, wanted: readonly number[], scores: tf.Tensor): void {
  if (labels.shape.join() === wanted.join() && scores.size > 0) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: expected labels of shape [${wanted.join(', ')}] for scores of shape [${scores.shape.join(', ')}], got [${labels.shape.join(', ')}]`,
    scores.size === 0 ? { hint: 'There is nothing to take the loss of.' } : {},
  );
}
