import * as tf from '@tensorflow/tfjs-core';
import { checkBounds, checkTensor, checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { bySample } from './by-sample.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { projectionAffineSet } from './affine.ts';
import { activeRows } from './polyhedron-active-set.ts';

/**
 * argmin ‖p - x‖² over A p = b, G p <= h, for x [n], A [m, n], b [m], G [k, n], h [k]; m may be 0.
 *
 * Finds the active rows exactly (dual active-set method, 64 bits), then projects onto the affine set they span, which is
 * also where the derivative comes from. Rows may repeat or imply each other, and rows of zeros may demand nothing: of
 * such rows one carries the derivative by its bound, the others have derivative 0. Throws ImplicitError 'bad-tensor' when the polyhedron is empty or
 * shapes do not fit.
 */
export function projectionPolyhedron(
  x: tf.Tensor,
  a: tf.Tensor,
  b: tf.Tensor,
  g: tf.Tensor,
  h: tf.Tensor,
): tf.Tensor {
  checkTensors('polyhedron projection', { x, a, b, g });
  checkTensor('polyhedron projection', 'h', h);
  checkBounds('polyhedron projection', { h });
  return bySample('polyhedron projection', [x, a, b, g, h], [1, 2, 1, 2, 1], oneProjectionPolyhedron);
}

function oneProjectionPolyhedron(
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
    const polyhedron = { rows: toFloat64(rows), bounds: toFloat64(bounds), nEqualities: m };
    const active = activeRows(toFloat64(x), polyhedron, tf.backend().epsilon() < 1e-10 ? 1e-12 : 1e-6);
    if (active === 'empty') {
      throw new ImplicitError('bad-tensor', 'polyhedron projection: no point satisfies all constraints', {
        hint: 'Two of them contradict each other: equalities, or an equality and an inequality.',
      });
    }
    if (active.length === 0) return tf.clone(x);
    const chosen = tf.tensor1d(active, 'int32');
    return projectionAffineSet(x, tf.gather(rows, chosen), tf.gather(bounds, chosen));
  });
}
