import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { rowGram, timesVector } from '../float64-matrix.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { nonNegativeQuadratic } from '../non-negative-quadratic.ts';
import { projectionAffineSet } from './affine.ts';

/**
 * argmin ‖p - x‖² over A p = b, G p <= h, for x [n], A [m, n], b [m], G [k, n], h [k]; m may be 0.
 *
 * Finds the active inequalities by the dual (exact active-set method, 64 bits), then projects onto the affine set they
 * span, which is also where the derivative comes from. Throws ImplicitError 'bad-tensor' when the polyhedron is empty or
 * shapes do not fit.
 */
export function projectionPolyhedron(
  x: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  g: tf.Tensor,
  h: tf.Tensor,
): tf.Tensor {
  const n = x.size;
  const [m, k] = [b.size, h.size];
  if (a.shape[0] !== m || a.shape[1] !== n || g.shape[0] !== k || g.shape[1] !== n) {
    throw new ImplicitError(
      'bad-tensor',
      `polyhedron projection: expected A [m, ${n}], b [m], G [k, ${n}], h [k], got ` +
        [a, b, g, h].map((tensor) => `[${tensor.shape.join(', ')}]`).join(', '),
    );
  }
  return tf.tidy(() => {
    const rows = tf.concat2d([a as tf.Tensor2D, g as tf.Tensor2D], 0);
    const bounds = tf.concat1d([b as tf.Tensor1D, h as tf.Tensor1D]);
    const active = activeRows(toFloat64(x), toFloat64(rows), toFloat64(bounds), m);
    if (active.length === 0) return tf.clone(x);
    const chosen = tf.tensor1d(active, 'int32');
    return projectionAffineSet(x, tf.gather(rows, chosen), tf.gather(bounds, chosen));
  });
}

function activeRows(
  x: Float64Array,
  rows: Float64Array,
  bounds: Float64Array,
  nEqualities: number,
): number[] {
  const n = x.length;
  const excess = timesVector(rows, bounds.length, n, x).map((value, i) => value - bounds[i]);
  const dual = nonNegativeQuadratic(rowGram(rows, bounds.length, n), excess, nEqualities);
  if (dual.status === 'converged') return [...dual.passive];
  throw new ImplicitError('bad-tensor', 'polyhedron projection: no point satisfies all constraints', {
    hint: 'Equalities must be independent of each other, and compatible with the inequalities.',
  });
}
