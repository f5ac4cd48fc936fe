import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { attachRoot } from '../attach-root.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { refine } from './dense-solve.ts';
import { denseOperator } from './linear-operator.ts';
import { luFactor } from './lu-factor.ts';
import { checkTensors } from '../checks.ts';

/**
 * x = A⁻¹ b for A [n, n], b [n], as a differentiable operation of both; solved in 64 bits whatever the backend.
 *
 * Throws ImplicitError: 'bad-tensor' if shapes do not fit, 'not-differentiable' if A is singular to rounding.
 */
export function solveSystem(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  checkTensors('solveSystem', { A: a, b });
  const n = b.size;
  if (a.shape.length !== 2 || a.shape[0] !== n || a.shape[1] !== n || b.rank !== 1) {
    throw new ImplicitError(
      'bad-tensor',
      `solveSystem: expected A [n, n] and b [n], got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`,
    );
  }
  const matrix = toFloat64(a);
  const factor = luFactor(matrix, n);
  if (factor.singular) {
    throw new ImplicitError('not-differentiable', `solveSystem: the ${n} × ${n} matrix is singular`, {
      hint: 'Rows that repeat or contradict each other? Remove them, or add a small ridge.',
    });
  }
  const { x } = refine(denseOperator(matrix, n), factor.solve, toFloat64(b));
  return tf.tidy(() => attachRoot(systemResidual)(constant(x), a, b));
}

const systemResidual = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.sub(tf.reshape(tf.matMul(a, tf.reshape(x, [b.size, 1])), [b.size]), b);
