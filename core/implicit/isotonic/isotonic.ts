import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import { checkNames } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import { projectionBox } from '../projections/elementwise.ts';
import type { Scalar } from '../scalar.ts';
import { withoutTape } from '../tape.ts';
import { poolAdjacentViolators } from './blocks.ts';
import type { BlockIds } from './rows.ts';
import { blockIds, checkRows, sumOverBlocks, toEntries } from './rows.ts';

/** Options of {@link isotonicRegression}. */
export interface IsotonicOptions {
  /** Whether the fit may only rise along the row, or only fall. @default true */
  readonly increasing?: boolean;
  /** Weight of every squared difference, above 0, shaped like y; differentiable. @default 1 each */
  readonly weights?: tf.Tensor;
  /** The fit stays at or above it. @default no bound */
  readonly lower?: Scalar;
  /** The fit stays at or below it. @default no bound */
  readonly upper?: Scalar;
}

const ISOTONIC: NamesOf<IsotonicOptions> = { increasing: true, weights: true, lower: true, upper: true };

/**
 * argmin Σᵢ wᵢ (vᵢ - yᵢ)² over monotone v, along the last axis of y [..., n]: isotonic regression, and with weights of 1 the
 * projection onto the cone of monotone vectors. With bounds the fit is clipped, which is exact.
 *
 * Exact: pooling adjacent violators in 64 bits finds the blocks, and each block's value is its weighted mean, an ordinary
 * expression that is differentiated by y, the weights and the bounds to every order. Where two blocks meet at one value
 * without pushing each other there is no derivative; the one with the blocks apart is used. Throws ImplicitError
 * 'bad-tensor' for entries that are not finite, weights that are not above 0, shapes that differ, no entries, lower > upper.
 */
export function isotonicRegression(y: tf.Tensor, options: IsotonicOptions = {}): tf.Tensor {
  checkNames('isotonicRegression', options, ISOTONIC);
  const { increasing = true, weights, lower, upper } = options;
  registerGradients();
  checkTensors('isotonicRegression', { y, ...(weights ? { weights } : {}) });
  checkRows('isotonicRegression', weights ? [y, weights] : [y]);
  return tf.tidy(() => {
    const [values, w] = withoutTape(() => [toFloat64(y), weights ? toFloat64(weights) : undefined]);
    checkWeights(w);
    const blocks = leastSquaresBlocks(y, values, w, increasing);
    const flat = tf.reshape(y, [y.size]);
    const fitted = tf.reshape(toEntries(blockMeans(flat, weights, blocks), blocks), y.shape);
    return lower === undefined && upper === undefined
      ? fitted
      : projectionBox(fitted, lower ?? -Infinity, upper ?? Infinity);
  });
}

function checkWeights(weights: Float64Array | undefined): void {
  const wrong = weights?.find((value) => !(value > 0));
  if (wrong === undefined) return;
  throw new ImplicitError('bad-tensor', `isotonicRegression: weights must be above 0, got ${wrong}`, {
    hint: 'Leave out entries that should not count.',
  });
}

/** A block's weight and its weighted sum. */
type Mass = readonly [weight: number, sum: number];

function leastSquaresBlocks(
  y: tf.Tensor,
  values: Float64Array,
  weights: Float64Array | undefined,
  increasing: boolean,
): BlockIds {
  // A falling fit of y is minus a rising one of -y.
  const sign = increasing ? 1 : -1;
  return blockIds(y, (start, n) =>
    poolAdjacentViolators<Mass>(n, {
      entry: (i) => {
        const weight = weights?.[start + i] ?? 1;
        return [weight, sign * weight * values[start + i]];
      },
      join: (left, right) => [left[0] + right[0], left[1] + right[1]],
      value: ([weight, sum]) => sum / weight,
    }),
  );
}

function blockMeans(y: tf.Tensor, weights: tf.Tensor | undefined, blocks: BlockIds): tf.Tensor {
  const w = weights ? tf.reshape(weights, [y.size]) : tf.onesLike(y);
  return tf.div(sumOverBlocks(tf.mul(w, y), blocks), sumOverBlocks(w, blocks));
}

/**
 * argmin over v₁ >= … >= vₙ of ⟨exp(s - v), 1⟩ + ⟨exp(w), v⟩, along the last axis of s and w [..., n]: isotonic regression in
 * the Kullback-Leibler geometry, on which soft sorting with entropy rests. A block's value is logsumexp(s) - logsumexp(w).
 *
 * Exact and differentiable by s and w, as {@link isotonicRegression}. Throws ImplicitError 'bad-tensor' for entries that are
 * not finite, shapes that differ, and no entries. Source: Blondel et al. 2020, "Fast differentiable sorting and ranking", sec. 5.
 */
export function isotonicRegressionKl(s: tf.Tensor, w: tf.Tensor): tf.Tensor {
  registerGradients();
  checkTensors('isotonicRegressionKl', { s, w });
  checkRows('isotonicRegressionKl', [s, w]);
  return tf.tidy(() => {
    const [sValues, wValues] = withoutTape(() => [toFloat64(s), toFloat64(w)]);
    const blocks = blockIds(s, (start, n) =>
      poolAdjacentViolators<Mass>(n, {
        entry: (i) => [sValues[start + i], wValues[start + i]],
        join: (left, right) => [logAddExp(left[0], right[0]), logAddExp(left[1], right[1])],
        // Falling: minus the value rises.
        value: ([ofS, ofW]) => ofW - ofS,
      }),
    );
    const level = tf.sub(logSumExpOverBlocks(s, sValues, blocks), logSumExpOverBlocks(w, wValues, blocks));
    return tf.reshape(toEntries(level, blocks), s.shape);
  });
}

const logAddExp = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

function logSumExpOverBlocks(tensor: tf.Tensor, values: Float64Array, blocks: BlockIds): tf.Tensor {
  // Each block's largest entry is taken out of its exponents, as a constant.
  const most = new Float64Array(blocks.count).fill(-Infinity);
  const ids = blocks.ids.dataSync();
  values.forEach((value, i) => (most[ids[i]] = Math.max(most[ids[i]], value)));
  const shift = constant(most);
  const centred = tf.sub(tf.reshape(tensor, [tensor.size]), toEntries(shift, blocks));
  return tf.add(tf.log(sumOverBlocks(tf.exp(centred), blocks)), shift);
}
