import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError, describeValue } from '../errors.ts';
import { bySample } from './by-sample.ts';
import { checkNonNegative, checkScalars, checkTensors } from '../checks.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { checkValues, derivedConstant } from '../plain-code.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { shapesOf } from '../tree.ts';

/** Which entries of one row remain positive (Held, Wolfe & Crowder 1974): sort, then find the threshold. */
function supportOf(row: Float64Array, value: number, maxNonZero: number): Float64Array {
  const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a] || a - b);
  const support = new Float64Array(row.length);
  let sum = 0;
  for (let count = 1; count <= Math.min(maxNonZero, row.length); count++) {
    const index = order[count - 1];
    sum += row[index];
    // Compared as a difference to the largest entry, so that entries of 1e8 keep their digits.
    if (count > 1 && !(row[index] - (sum - value) / count > 0)) break;
    support[index] = 1;
  }
  return support;
}

function supportMask(x: tf.Tensor, value: tf.Tensor, maxNonZero: number): tf.Tensor {
  checkShapes(x, value);
  checkValues(value, checkTotals);
  const width = x.shape.at(-1)!;
  return derivedConstant([x, value], x.shape, (rows, totals) => {
    const mask = new Float64Array(rows.length);
    for (let start = 0; start < rows.length; start += width) {
      const total = totals[totals.length === 1 ? 0 : start / width];
      mask.set(supportOf(rows.subarray(start, start + width), total, maxNonZero), start);
    }
    return mask;
  });
}

function checkTotals(totals: Float64Array): void {
  if (totals.every((total) => total > 0)) return;
  throw new ImplicitError(
    'bad-tensor',
    `simplex projection: the sum must be positive, got ${totals.join(', ')}`,
  );
}

function checkShapes(x: tf.Tensor, value: tf.Tensor): void {
  const [rows, width] = [x.shape.slice(0, -1), x.shape.at(-1) ?? 0];
  if (width > 0 && (value.size === 1 || value.shape.join() === rows.join())) return;
  throw new ImplicitError(
    'bad-tensor',
    `simplex projection: expected x [..., n] with n > 0 and one sum or one for each row, got ${shapesOf([x, value])}`,
  );
}

/** On a known support the projection is affine: subtract the same amount everywhere. */
function shiftOnSupport(x: tf.Tensor, total: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const count = tf.sum(mask, -1, true);
  const sums = total.size === 1 ? tf.reshape(total, []) : tf.expandDims(total, -1);
  // Centring first keeps digits when the entries are large.
  const centre = tf.div(tf.sum(tf.mul(mask, x), -1, true), count);
  const kept = tf.add(tf.sub(x, centre), tf.div(sums, count));
  return tf.where(tf.cast(mask, 'bool'), kept, tf.zerosLike(kept));
}

/**
 * argmin ‖p - x‖² over p >= 0, Σp = value, along the last axis of x [..., n]. `value` is one number for all rows or a
 * tensor of shape x.shape without the last axis. Derivative: (diag(s) - s sᵀ/|s|) with s the support.
 *
 * Throws ImplicitError 'bad-tensor' unless value > 0.
 */
export function projectionSimplex(x: tf.Tensor, value: Scalar = 1): tf.Tensor {
  return projectionSparseSimplex(x, Infinity, value);
}

/**
 * Projection onto the simplex of the `maxNonZero` largest entries, zero elsewhere: a global minimiser over the vectors of
 * the simplex with at most that many non-zeros (Kyrillidis et al. 2013). Ties go to the first entry. Throws
 * ImplicitError 'bad-usage' unless `maxNonZero` is a whole number above 0 (or Infinity).
 */
export function projectionSparseSimplex(x: tf.Tensor, maxNonZero: number, value: Scalar = 1): tf.Tensor {
  if (
    typeof maxNonZero !== 'number' ||
    !(maxNonZero >= 1) ||
    (maxNonZero !== Infinity && !Number.isInteger(maxNonZero))
  ) {
    throw new ImplicitError(
      'bad-usage',
      `sparse simplex projection: maxNonZero must be a whole number above 0, got ${describeValue(maxNonZero)}`,
    );
  }
  checkTensors('simplex projection', { x });
  checkScalars('simplex projection', { value });
  return tf.tidy(() => {
    const total = asTensor(value);
    return shiftOnSupport(x, total, supportMask(x, total, maxNonZero));
  });
}

/** A nearest point with ‖p‖₁ = value for a vector x: the simplex projection of |x| with the signs of x (0 counts as +). */
export function projectionL1Sphere(x: tf.Tensor, value: Scalar = 1): tf.Tensor {
  checkTensors('l1 sphere projection', { x });
  checkScalars('l1 sphere projection', { value });
  return tf.tidy(() => {
    const one = tf.onesLike(x);
    const sign = tf.where(tf.less(x, 0), tf.neg(one), one);
    return tf.mul(sign, projectionSimplex(tf.mul(sign, x), value));
  });
}

/**
 * argmin ‖p - x‖² over ‖p‖₁ <= maxValue for a vector x; the identity inside. Throws ImplicitError 'bad-tensor' for
 * maxValue < 0.
 */
export function projectionL1Ball(x: tf.Tensor, maxValue: Scalar = 1): tf.Tensor {
  checkTensors('l1 ball projection', { x });
  checkScalars('l1 ball projection', { maxValue });
  return bySample('l1 ball projection', [x, maxValue], [1, 0], oneProjectionL1Ball);
}

function oneProjectionL1Ball(x: tf.Tensor, maxValue: Scalar): tf.Tensor {
  checkNonNegative('l1 ball projection', 'maxValue', maxValue);
  return tf.tidy(() => {
    const radius = asTensor(maxValue);
    const limit = toFloat64(radius)[0];
    const length = toFloat64(x).reduce((sum, value) => sum + Math.abs(value), 0);
    if (length > limit && limit > 0) return projectionL1Sphere(x, radius);
    // Neither inside nor for radius 0 does the point move with the radius; the product keeps them connected for tf.grads.
    const kept = length <= limit ? x : tf.mul(x, constant(0));
    return tf.add(kept, tf.mul(radius, constant(0)));
  });
}
