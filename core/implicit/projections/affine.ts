import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { bySample } from './by-sample.ts';
import { checkSameShape, checkScalars, checkTensors } from '../checks.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import { solveSystem } from '../linear-solve/solve-system.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { shapesOf } from '../tree.ts';

const dot = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(a, b));

/** a and b in units of ‖a‖, whose square may overflow. ImplicitError 'bad-tensor' for another shape than x's, or a = 0. */
function normalised(where: string, x: tf.Tensor, a: tf.Tensor, b: Scalar): [tf.Tensor, tf.Tensor] {
  checkSameShape(where, 'a', a, x);
  const length = norm(toFloat64(a));
  if (length === 0) throw new ImplicitError('bad-tensor', `${where}: a must not be zero`);
  const unit = constant(length);
  return [tf.div(a, unit), tf.div(asTensor(b), unit)];
}

/** argmin ‖p - x‖² over a · p = b. Throws ImplicitError 'bad-tensor' unless a ≠ 0 has x's shape. */
export function projectionHyperplane(x: tf.Tensor, a: tf.Tensor, b: Scalar): tf.Tensor {
  checkTensors('hyperplane projection', { x, a });
  checkScalars('hyperplane projection', { b });
  return bySample('hyperplane projection', [x, a, b], [1, 1, 0], oneProjectionHyperplane);
}

function oneProjectionHyperplane(x: tf.Tensor, a: tf.Tensor, b: Scalar): tf.Tensor {
  return tf.tidy(() => {
    const [n, offset] = normalised('hyperplane projection', x, a, b);
    return tf.sub(x, tf.mul(n, tf.div(tf.sub(dot(n, x), offset), dot(n, n))));
  });
}

/** argmin ‖p - x‖² over a · p <= b. Throws ImplicitError 'bad-tensor' unless a ≠ 0 has x's shape. */
export function projectionHalfspace(x: tf.Tensor, a: tf.Tensor, b: Scalar): tf.Tensor {
  checkTensors('half-space projection', { x, a });
  checkScalars('half-space projection', { b });
  return bySample('half-space projection', [x, a, b], [1, 1, 0], oneProjectionHalfspace);
}

function oneProjectionHalfspace(x: tf.Tensor, a: tf.Tensor, b: Scalar): tf.Tensor {
  return tf.tidy(() => {
    const [n, offset] = normalised('half-space projection', x, a, b);
    return tf.sub(x, tf.mul(n, tf.div(tf.relu(tf.sub(dot(n, x), offset)), dot(n, n))));
  });
}

/**
 * argmin ‖p - x‖² over A p = b, for x [n], A [m, n] of full row rank, b [m]:  x - Aᵀ (A Aᵀ)⁻¹ (A x - b).
 *
 * Throws ImplicitError: 'bad-tensor' if shapes do not fit, 'not-differentiable' if rows of A depend on each other.
 */
export function projectionAffineSet(x: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  checkTensors('affine projection', { x, a, b });
  return bySample('affine projection', [x, a, b], [1, 2, 1], oneProjectionAffineSet);
}

function oneProjectionAffineSet(x: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (x.rank !== 1 || a.rank !== 2 || a.shape[1] !== x.size || b.rank !== 1 || b.size !== a.shape[0]) {
    throw new ImplicitError(
      'bad-tensor',
      `affine projection: expected x [n], A [m, n] and b [m], got ${shapesOf([x, a, b])}`,
    );
  }
  return tf.tidy(() => {
    const [m, n] = a.shape as [number, number];
    const excess = tf.sub(tf.reshape(tf.matMul(a, tf.reshape(x, [n, 1])), [m]), b);
    const multiplier = solveSystem(tf.matMul(a, a, false, true), excess);
    return tf.sub(x, tf.reshape(tf.matMul(a, tf.reshape(multiplier, [m, 1]), true), [n]));
  });
}
