import * as tf from '@tensorflow/tfjs-core';
import { checkFunctions, checkNonNegative, checkScalars, checkTensors } from '../checks.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import { lengthOf } from '../projections/length.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { checkElasticNet } from './elastic-net-parameters.ts';
import type { ElasticNetParameters } from './elastic-net-parameters.ts';
import { ImplicitError, describeValue } from '../errors.ts';
import { explainShapes } from '../arity.ts';

export type { ElasticNetParameters } from './elastic-net-parameters.ts';

/*
 * Proximal operators prox(x, parameters, scaling) = argmin_y ½‖y - x‖² + scaling · g(y; parameters). Differentiable by x,
 * by the parameters and by the scaling; at a kink the derivative 0 is used. Negative weights or scalings, for which the
 * problem is not convex, throw ImplicitError 'bad-tensor'.
 */

/** A proximal operator with parameters of type P. */
export type Prox<P> = (x: tf.Tensor, parameters: P, scaling?: Scalar) => tf.Tensor;

function weightOf(prox: string, x: tf.Tensor, weight: Scalar, scaling: Scalar): tf.Tensor {
  checkTensors(prox, { x });
  checkScalars(prox, { 'the weight': weight, 'the scaling': scaling });
  checkNonNegative(prox, 'the weight', weight);
  checkNonNegative(prox, 'the scaling', scaling);
  // Found here, where the shapes can be named.
  return explainShapes(prox, { x, 'the weight': weight, 'the scaling': scaling }, () => {
    const product = tf.mul(asTensor(weight), asTensor(scaling));
    tf.broadcast_util.assertAndGetBroadcastShape(x.shape, product.shape);
    checkTensors(prox, { 'the weight times the scaling': product });
    return product;
  });
}

/** g = 0. */
export const proxNone: Prox<unknown> = (x) => {
  checkTensors('proxNone', { x });
  return tf.clone(x);
};

/** g = Σ l1ᵢ |yᵢ|: soft thresholding. `l1` is a number or broadcasts to x. */
export const proxLasso: Prox<Scalar> = (x, l1, scaling = 1) =>
  tf.tidy(() => {
    const threshold = weightOf('proxLasso', x, l1, scaling);
    return tf.sub(tf.relu(tf.sub(x, threshold)), tf.relu(tf.sub(tf.neg(x), threshold)));
  });

/** g = l1 Σ yᵢ for y >= 0, infinite elsewhere. */
export const proxNonNegativeLasso: Prox<Scalar> = (x, l1, scaling = 1) =>
  tf.tidy(() => tf.relu(tf.sub(x, weightOf('proxNonNegativeLasso', x, l1, scaling))));

/** The elastic net: soft thresholding, then shrinking. */
export const proxElasticNet: Prox<ElasticNetParameters> = (x, parameters, scaling = 1) =>
  tf.tidy(() => {
    const { l1, gamma } = checkElasticNet('proxElasticNet', parameters);
    const weight = weightOf('proxElasticNet', x, l1, scaling);
    checkScalars('proxElasticNet', { gamma });
    checkNonNegative('proxElasticNet', 'gamma', gamma);
    return tf.div(proxLasso(x, weight), tf.add(1, tf.mul(weight, asTensor(gamma))));
  });

/** g = l2 ‖y‖₂ on the whole of x: block soft thresholding; 0 (with derivative 0) at x = 0. */
export const proxGroupLasso: Prox<Scalar> = (x, l2, scaling = 1) =>
  tf.tidy(() => {
    const threshold = weightOf('proxGroupLasso', x, l2, scaling);
    const length = norm(toFloat64(x));
    // At and below the threshold nothing moves with x or the weights; the products keep them connected for tf.grads.
    if (length <= toFloat64(threshold)[0]) return tf.mul(constant(0), tf.mul(threshold, x));
    return tf.sub(x, tf.mul(threshold, tf.div(x, lengthOf(x, length))));
  });

/** g = l2/2 ‖y‖²: x / (1 + scaling · l2). */
export const proxRidge: Prox<Scalar> = (x, l2, scaling = 1) =>
  tf.tidy(() => tf.div(x, tf.add(1, weightOf('proxRidge', x, l2, scaling))));

/** g = l2/2 ‖y‖² for y >= 0, infinite elsewhere. */
export const proxNonNegativeRidge: Prox<Scalar> = (x, l2, scaling = 1) =>
  tf.tidy(() => {
    const weight = weightOf('proxNonNegativeRidge', x, l2, scaling);
    return tf.div(tf.relu(x), tf.add(1, weight));
  });

/** The proximal operator of a set's indicator function is the projection onto it, whatever the scaling. */
export function proxFromProjection<P extends unknown[]>(
  projection: (x: tf.Tensor, ...parameters: P) => tf.Tensor,
): Prox<P> {
  checkFunctions('proxFromProjection', { projection });
  return (x, parameters) => {
    if (Array.isArray(parameters)) return projection(x, ...parameters);
    throw new ImplicitError(
      'bad-usage',
      `proxFromProjection: the parameters must be a list of what the projection takes after x, got ${describeValue(parameters)}`,
    );
  };
}
