import * as tf from '@tensorflow/tfjs-core';
import { solveSystem } from '../linear-solve/solve-system.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';

const dot = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(a, b));

/** argmin ‖p - x‖² over a · p = b, for a ≠ 0 of x's shape. */
export function projectionHyperplane(x: tf.Tensor, a: tf.Tensor, b: Scalar): tf.Tensor {
  return tf.tidy(() => tf.sub(x, tf.mul(a, tf.div(tf.sub(dot(a, x), asTensor(b)), dot(a, a)))));
}

/** argmin ‖p - x‖² over a · p <= b. */
export function projectionHalfspace(x: tf.Tensor, a: tf.Tensor, b: Scalar): tf.Tensor {
  return tf.tidy(() => tf.sub(x, tf.mul(a, tf.div(tf.relu(tf.sub(dot(a, x), asTensor(b))), dot(a, a)))));
}

/**
 * argmin ‖p - x‖² over A p = b, for x [n], A [m, n] of full row rank, b [m]:  x - Aᵀ (A Aᵀ)⁻¹ (A x - b).
 *
 * Throws TesseraError 'not-differentiable' if rows of A depend on each other.
 */
export function projectionAffineSet(x: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [m, n] = a.shape as [number, number];
    const excess = tf.sub(tf.reshape(tf.matMul(a, tf.reshape(x, [n, 1])), [m]), b);
    const multiplier = solveSystem(tf.matMul(a, a, false, true), excess);
    return tf.sub(x, tf.reshape(tf.matMul(a, tf.reshape(multiplier, [m, 1]), true), [n]));
  });
}
