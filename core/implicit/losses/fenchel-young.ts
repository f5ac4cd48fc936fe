import * as tf from '@tensorflow/tfjs-core';
import { checkFunctions, checkSameShape, checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';

/** The Fenchel-Young loss of targets and scores of one shape; further arguments go to the maximum. */
export type FenchelYoungLoss<A extends unknown[]> = (
  target: tf.Tensor,
  scores: tf.Tensor,
  ...args: A
) => tf.Tensor;

/**
 * F(scores) - ⟨target, scores⟩ for F(s) = max over y of ⟨y, s⟩ - Ω(y), given as a function of the scores. The term Ω(target)
 * is constant and left out, so the loss need not be 0 at its smallest.
 *
 * F may return one number for all of the scores, or one for each row [..., n]; the loss has its shape. Its gradient by the
 * scores is the regularised argmax minus the target. Throws ImplicitError 'bad-tensor' when shapes do not fit.
 * Source: Blondel, Martins & Niculae 2020.
 */
export function fenchelYoungLoss<A extends unknown[]>(
  regularisedMax: (scores: tf.Tensor, ...args: A) => tf.Tensor,
): FenchelYoungLoss<A> {
  checkFunctions('fenchelYoungLoss', { 'the maximum': regularisedMax });
  return (target, scores, ...args) =>
    tf.tidy(() => {
      checkTensors('fenchelYoungLoss', { 'the target': target, 'the scores': scores });
      checkSameShape('fenchelYoungLoss', 'the target', target, scores);
      const most = regularisedMax(scores, ...args);
      const product = tf.mul(target, scores);
      if (most.rank === 0) return tf.sub(most, tf.sum(product));
      if (most.shape.join() === scores.shape.slice(0, -1).join()) return tf.sub(most, tf.sum(product, -1));
      throw new ImplicitError(
        'bad-tensor',
        `fenchelYoungLoss: the maximum must be one number, or one for each row of the scores [${scores.shape.join(', ')}], got shape [${most.shape.join(', ')}]`,
      );
    });
}
