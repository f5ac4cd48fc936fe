import * as tf from '@tensorflow/tfjs-core';
import { checkNonNegative } from '../checks.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import { lengthOf } from '../projections/l2.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';

/*
 * Proximal operators prox(x, parameters, scaling) = argmin_y ½‖y - x‖² + scaling · g(y; parameters). Differentiable by x,
 * by the parameters and by the scaling; at a kink the derivative 0 is used. Negative weights or scalings, for which the
 * problem is not convex, throw ImplicitError 'bad-tensor'.
 */

/** A proximal operator with parameters of type P. */
export type Prox<P> = (x: tf.Tensor, parameters: P, scaling?: Scalar) => tf.Tensor;

function weightOf(prox: string, weight: Scalar, scaling: Scalar): tf.Tensor {
  checkNonNegative(prox, 'the weight', weight);
  checkNonNegative(prox, 'the scaling', scaling);
  return tf.mul(asTensor(weight), asTensor(scaling));
}

/** g = 0. */
export const proxNone: Prox<unknown> = (x) => tf.clone(x);

/** g = Σ l1ᵢ |yᵢ|: soft thresholding. `l1` is a number or broadcasts to x. */
export const proxLasso: Prox<Scalar> = (x, l1, scaling = 1) =>
  tf.tidy(() => {
    const threshold = weightOf('proxLasso', l1, scaling);
    return tf.sub(tf.relu(tf.sub(x, threshold)), tf.relu(tf.sub(tf.neg(x), threshold)));
  });

/** g = l1 Σ yᵢ for y >= 0, infinite elsewhere. */
export const proxNonNegativeLasso: Prox<Scalar> = (x, l1, scaling = 1) =>
  tf.tidy(() => tf.relu(tf.sub(x, weightOf('proxNonNegativeLasso', l1, scaling))));

/** Weights of the elastic net: g = l1 (‖y‖₁ + gamma/2 ‖y‖²). */
export interface ElasticNetParameters {
  readonly l1: Scalar;
  readonly gamma: Scalar;
}

/** The elastic net: soft thresholding, then shrinking. */
export const proxElasticNet: Prox<ElasticNetParameters> = (x, { l1, gamma }, scaling = 1) =>
  tf.tidy(() => {
    const weight = weightOf('proxElasticNet', l1, scaling);
    checkNonNegative('proxElasticNet', 'gamma', gamma);
    return tf.div(proxLasso(x, weight), tf.add(1, tf.mul(weight, asTensor(gamma))));
  });

/** g = l2 ‖y‖₂ on the whole of x: block soft thresholding; 0 (with derivative 0) at x = 0. */
export const proxGroupLasso: Prox<Scalar> = (x, l2, scaling = 1) =>
  tf.tidy(() => {
    const threshold = weightOf('proxGroupLasso', l2, scaling);
    const length = norm(toFloat64(x));
    // At and below the threshold nothing moves with x or the weights; the products keep them connected for tf.grads.
    if (length <= toFloat64(threshold)[0]) return tf.mul(constant(0), tf.mul(threshold, x));
    return tf.sub(x, tf.mul(threshold, tf.div(x, lengthOf(x, length))));
  });

/** g = l2/2 ‖y‖²: x / (1 + scaling · l2). */
export const proxRidge: Prox<Scalar> = (x, l2, scaling = 1) =>
  tf.tidy(() => tf.div(x, tf.add(1, weightOf('proxRidge', l2, scaling))));

/** g = l2/2 ‖y‖² for y >= 0, infinite elsewhere. */
export const proxNonNegativeRidge: Prox<Scalar> = (x, l2, scaling = 1) =>
  tf.tidy(() => proxRidge(tf.relu(x), l2, scaling));

/** The proximal operator of a set's indicator function is the projection onto it, whatever the scaling. */
export function proxFromProjection<P extends unknown[]>(
  projection: (x: tf.Tensor, ...parameters: P) => tf.Tensor,
): Prox<P> {
  return (x, parameters) => projection(x, ...parameters);
}
