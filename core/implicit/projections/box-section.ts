import * as tf from '@tensorflow/tfjs-core';
import { checkBounds, checkScalars, checkTensor, checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { bySample } from './by-sample.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';

interface Box {
  readonly x: Float64Array;
  readonly alpha: Float64Array;
  readonly beta: Float64Array;
  readonly w: Float64Array;
}

/** Which bound each entry sits on at the shift tau: -1 lower, 0 free, 1 upper. */
function sidesAt({ x, alpha, beta, w }: Box, tau: number): Int8Array {
  return Int8Array.from(x, (value, i) => {
    const moved = value - tau * w[i];
    return moved <= alpha[i] ? -1 : moved >= beta[i] ? 1 : 0;
  });
}

function weightAt(box: Box, tau: number): number {
  let sum = 0;
  box.x.forEach((value, i) => {
    sum += box.w[i] * Math.min(Math.max(value - tau * box.w[i], box.alpha[i]), box.beta[i]);
  });
  return sum;
}

/** The weight falls piecewise linearly in tau: bisect over the kinks, then look inside the segment that holds c. */
function sidesOfSolution(box: Box, c: number): Int8Array {
  const kinks = Array.from(box.x, (value, i) => [
    (value - box.alpha[i]) / box.w[i],
    (value - box.beta[i]) / box.w[i],
  ]);
  const sorted = kinks
    .flat()
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  // Beyond the kinks every free entry is one without a bound on that side.
  sorted.unshift((sorted[0] ?? 0) - 1);
  sorted.push(sorted.at(-1)! + 1);
  let low = 0;
  let high = sorted.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (weightAt(box, sorted[middle]) >= c) low = middle;
    else high = middle;
  }
  return sidesAt(box, 0.5 * (sorted[low] + sorted[high]));
}

/**
 * argmin ‖p - x‖² over alpha <= p <= beta, w · p = c, for vectors of one length and w > 0. Bounds may be infinite.
 *
 * Exact (sorting the kinks of the dual), not a bisection to a tolerance. Throws ImplicitError 'bad-tensor' unless
 * w > 0, alpha <= beta and w · alpha <= c <= w · beta.
 */
export function projectionBoxSection(
  x: tf.Tensor,
  alpha: tf.Tensor,
  beta: tf.Tensor,
  w: tf.Tensor,
  c: Scalar,
): tf.Tensor {
  checkTensors('box section projection', { x, w });
  checkTensor('box section projection', 'alpha', alpha);
  checkTensor('box section projection', 'beta', beta);
  checkBounds('box section projection', { alpha, beta });
  checkScalars('box section projection', { c });
  return bySample('box section projection', [x, alpha, beta, w, c], [1, 1, 1, 1, 0], oneProjectionBoxSection);
}

function oneProjectionBoxSection(
  x: tf.Tensor,
  alpha: tf.Tensor,
  beta: tf.Tensor,
  w: tf.Tensor,
  c: Scalar,
): tf.Tensor {
  return tf.tidy(() => {
    const total = asTensor(c);
    const box = { x: toFloat64(x), alpha: toFloat64(alpha), beta: toFloat64(beta), w: toFloat64(w) };
    checkBox(box, toFloat64(total)[0]);
    const sides = sidesOfSolution(box, toFloat64(total)[0]);
    const mask = (side: number): tf.Tensor => constant(Float64Array.from(sides, (s) => Number(s === side)));
    const [lower, free, upper] = [mask(-1), mask(0), mask(1)];
    const fixed = tf.add(onlyWhere(lower, alpha), onlyWhere(upper, beta));
    if (!sides.includes(0)) return fixed;
    const excess = tf.sub(tf.sum(tf.mul(w, tf.add(fixed, tf.mul(free, x)))), total);
    const tau = tf.div(excess, tf.sum(tf.mul(free, tf.square(w))));
    return tf.add(fixed, tf.mul(free, tf.sub(x, tf.mul(tau, w))));
  });
}

/** The masked entries, zero elsewhere; a product would make NaN of infinite bounds. */
const onlyWhere = (mask: tf.Tensor, values: tf.Tensor): tf.Tensor =>
  tf.where(tf.cast(mask, 'bool'), values, tf.zerosLike(values));

function checkBox({ x, alpha, beta, w }: Box, c: number): void {
  if ([alpha, beta, w].some((vector) => vector.length !== x.length)) {
    throw new ImplicitError(
      'bad-tensor',
      `box section projection: x, alpha, beta and w must have one length, got ${[x, alpha, beta, w].map((v) => v.length).join(', ')}`,
    );
  }
  const weighted = (bound: Float64Array): number => bound.reduce((sum, value, i) => sum + value * w[i], 0);
  const slack = 1e-6 * Math.max(1, Math.abs(c));
  const possible = weighted(alpha) <= c + slack && c <= weighted(beta) + slack;
  if (possible && w.every((value) => value > 0) && alpha.every((value, i) => value <= beta[i])) return;
  throw new ImplicitError(
    'bad-tensor',
    `box section projection: the set is empty: w · alpha = ${weighted(alpha)}, c = ${c}, w · beta = ${weighted(beta)}`,
    { hint: 'Needs w > 0, alpha <= beta and w · alpha <= c <= w · beta.' },
  );
}
