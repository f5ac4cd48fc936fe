import * as tf from '@tensorflow/tfjs-core';
import { TesseraError } from '../../errors.ts';
import { attachRoot } from '../attach-root.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** argmin ‖p - x‖² over the second-order cone {(t, z): ‖z‖ <= t}, for x = (t, z) [n], n >= 2. */
export function projectionSecondOrderCone(x: tf.Tensor): tf.Tensor {
  const values = toFloat64(x);
  const size = norm(values.subarray(1));
  if (size <= values[0]) return tf.clone(x);
  if (size <= -values[0]) return tf.tidy(() => tf.mul(x, 0));
  return tf.tidy(() => {
    const t = tf.slice(x, [0], [1]);
    const z = tf.slice(x, [1], [x.size - 1]);
    // In units of its own length, so that the squares of tiny entries do not vanish.
    const unit = constant([size]);
    const length = tf.mul(unit, tf.sqrt(tf.sum(tf.square(tf.div(z, unit)))));
    const height = tf.mul(0.5, tf.add(t, length));
    return tf.concat([height, tf.mul(z, tf.div(height, length))]);
  });
}

/**
 * Nearest positive semidefinite matrix (Frobenius) to a symmetric X [n, n]: negative eigenvalues set to 0.
 *
 * The derivative comes from P(P - X) + (P - X)P = 0, whose linearisation in the eigenbasis has the entries
 * |λᵢ| + |λⱼ|: it exists unless X has the eigenvalue 0 twice or more. O(n⁶) for the derivative: for small n.
 */
export function projectionPsdCone(x: tf.Tensor): tf.Tensor {
  const n = x.shape[0] ?? 0;
  if (x.rank !== 2 || x.shape[1] !== n) {
    throw new TesseraError(
      'bad-tensor',
      `psd projection: expected a square matrix, got [${x.shape.join(', ')}]`,
    );
  }
  const { values, vectors } = symmetricEigen(toFloat64(x), n);
  const projected = new Float64Array(n * n);
  values.forEach((value, k) => {
    if (value <= 0) return;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) projected[i * n + j] += value * vectors[i * n + k] * vectors[j * n + k];
  });
  return tf.tidy(() => attachRoot(psdResidual)(constant(projected, [n, n]), x));
}

function psdResidual(p: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const rest = tf.sub(p, tf.mul(0.5, tf.add(x, tf.transpose(x))));
  return tf.add(tf.matMul(p, rest), tf.matMul(rest, p));
}
