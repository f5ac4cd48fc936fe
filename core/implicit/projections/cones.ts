import * as tf from '@tensorflow/tfjs-core';
import { checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { bySample } from './by-sample.ts';
import { attachRoot } from '../attach-root.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import type { LinearSolver } from '../linear-solve/linear-operator.ts';
import { norm } from '../linear-solve/vector.ts';
import { symmetricEigen } from '../symmetric-eigen.ts';

/**
 * argmin ‖p - x‖² over the second-order cone {(t, z): ‖z‖ <= t}, for x = (t, z) [n]. Throws ImplicitError 'bad-tensor'
 * unless x is a vector.
 */
export function projectionSecondOrderCone(x: tf.Tensor): tf.Tensor {
  checkTensors('second-order cone projection', { x });
  return bySample('second-order cone projection', [x], [1], oneProjectionSecondOrderCone);
}

function oneProjectionSecondOrderCone(x: tf.Tensor): tf.Tensor {
  if (x.rank !== 1 || x.size === 0) {
    throw new ImplicitError(
      'bad-tensor',
      `second-order cone projection: expected a vector (t, z), got [${x.shape.join(', ')}]`,
    );
  }
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
 * The derivative comes from P(P - X) + (P - X)P = 0. Linearised it is D ↦ |X|D + D|X|, which the eigenbasis divides
 * entry by entry by |λᵢ| + |λⱼ|: it exists unless X is singular (ImplicitError
 * 'not-differentiable'). O(n³). Throws ImplicitError 'bad-tensor' for another shape and for values that are not finite.
 */
export function projectionPsdCone(x: tf.Tensor): tf.Tensor {
  checkTensors('psd projection', { x });
  return bySample('psd projection', [x], [2], oneProjectionPsdCone);
}

function oneProjectionPsdCone(x: tf.Tensor): tf.Tensor {
  const n = x.shape[0] ?? 0;
  if (x.rank !== 2 || x.shape[1] !== n) {
    throw new ImplicitError(
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
  const solve = dividedBySizes(values, vectors);
  return tf.tidy(() => attachRoot(psdResidual, { solve })(constant(projected, [n, n]), x));
}

/** Solves |X|D + D|X| = B for a row-major B [n², 1], given X's eigenvalues and vectors. */
function dividedBySizes(values: Float64Array, vectors: Float64Array): LinearSolver {
  const n = values.length;
  const cutoff = n * Number.EPSILON * Math.max(...values.map(Math.abs));
  return (_, b) => {
    const rotated = congruence(b, vectors, n, true);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const size = Math.abs(values[i]) + Math.abs(values[j]);
        if (!(size > cutoff)) {
          throw new ImplicitError(
            'not-differentiable',
            'psd projection: there is no derivative where X has an eigenvalue of 0',
            { hint: 'A small multiple of the identity added to X moves them away from 0.' },
          );
        }
        rotated[i * n + j] /= size;
      }
    }
    return { x: congruence(rotated, vectors, n, false), status: 'converged', iterations: 0, residual: 0 };
  };
}

/** VᵀBV, or VBVᵀ back, of row-major [n, n] arrays. */
function congruence(b: Float64Array, v: Float64Array, n: number, forward: boolean): Float64Array {
  const at = (i: number, k: number): number => (forward ? v[k * n + i] : v[i * n + k]);
  const half = new Float64Array(n * n);
  const whole = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) half[i * n + j] += at(i, k) * b[k * n + j];
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) whole[i * n + j] += half[i * n + k] * at(j, k);
  return whole;
}

function psdResidual(p: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const rest = tf.sub(p, tf.mul(0.5, tf.add(x, tf.transpose(x))));
  return tf.add(tf.matMul(p, rest), tf.matMul(rest, p));
}
