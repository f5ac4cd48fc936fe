import type * as tf from '@tensorflow/tfjs-core';
import { checkTensors } from '../checks.ts';
import { constant } from '../constant.ts';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';

/*
 * Piecewise constant functions of the rows of a tensor [..., n] to perturb; without perturbation they have no derivative. All
 * of them take any number of leading axes, so they may be used with `vectorised`. Ties go to the first entry.
 */

/** 1 at the largest entry of every row, 0 elsewhere. */
export function oneHotArgmax(x: tf.Tensor): tf.Tensor {
  return topKIndicator(1)(x);
}

/** 1 at the k largest entries of every row, 0 elsewhere. Throws ImplicitError 'bad-usage' unless 1 <= k <= n. */
export function topKIndicator(k: number): (x: tf.Tensor) => tf.Tensor {
  return (x) => {
    checkTensors('topKIndicator', { x });
    const n = x.shape.at(-1) ?? 0;
    if (!Number.isInteger(k) || k < 1 || k > n) {
      throw new ImplicitError(
        'bad-usage',
        `topKIndicator: k must be a whole number from 1 to ${n}, got ${k}`,
      );
    }
    return byOrder(x, (place) => Number(place < k));
  };
}

/** The rank of every entry within its row, 1 for the largest. */
export function ranks(x: tf.Tensor): tf.Tensor {
  return byOrder(x, (place) => place + 1);
}

/** A value for every entry from its place in the falling order of its row, 0 the largest. */
function byOrder(x: tf.Tensor, valueAt: (place: number) => number): tf.Tensor {
  checkTensors('perturbed', { x });
  const values = toFloat64(x);
  const n = x.shape.at(-1) ?? 0;
  const result = new Float64Array(values.length);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let start = 0; start < values.length; start += n) {
    const sorted = order.toSorted((a, b) => values[start + b] - values[start + a] || a - b);
    sorted.forEach((index, place) => (result[start + index] = valueAt(place)));
  }
  return constant(result, x.shape);
}
