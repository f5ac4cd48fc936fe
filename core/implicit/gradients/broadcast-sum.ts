import * as tf from '@tensorflow/tfjs-core';

/** Adds up the entries that broadcasting copied: the transpose of broadcasting `shape` to the shape of `dy`. */
export function broadcastSum(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, [...shape]);
}
