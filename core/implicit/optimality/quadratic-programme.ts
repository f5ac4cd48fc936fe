import * as tf from '@tensorflow/tfjs-core';
import type { KktPoint } from './kkt.ts';
import { explainFailure } from '../arity.ts';
import { tidyTree } from '../tidy-tree.ts';

/**
 * minimise ½ xᵀQx + cᵀx s.t. A x = b, G x <= h, for Q [n, n] (its symmetric part counts), c [n], A [m, n], b [m],
 * G [k, n], h [k]. Both kinds of constraint may be absent. A batch has an axis of programmes in front of every tensor, or of
 * those that are not shared by all.
 */
export interface QuadraticProgramme {
  readonly Q: tf.Tensor;
  readonly c: tf.Tensor;
  readonly A?: tf.Tensor;
  readonly b?: tf.Tensor;
  readonly G?: tf.Tensor;
  readonly h?: tf.Tensor;
}

const times = (matrix: tf.Tensor, v: tf.Tensor, transpose = false): tf.Tensor =>
  tf.squeeze(tf.matMul(matrix, tf.expandDims(v, -1), transpose), [-1]);

const transposed = (matrix: tf.Tensor): tf.Tensor =>
  tf.transpose(matrix, matrix.rank === 3 ? [0, 2, 1] : [1, 0]);

/**
 * KKT residual { x: Qx + c + Aᵀnu + Gᵀmu, nu: Ax - b, mu: min(mu, h - Gx) } of a quadratic programme: the conditions of
 * {@link kktConditions}, with weakly active rows taken as inactive.
 */
export function quadraticProgrammeResidual(
  point: KktPoint<tf.Tensor>,
  programme: QuadraticProgramme,
): KktPoint<tf.Tensor> {
  return explainFailure('quadraticProgrammeResidual', quadraticProgrammeResidual, [point, programme], () =>
    tidyTree(() => residualAt(point, programme)),
  );
}

function residualAt(
  { x, nu, mu }: KktPoint<tf.Tensor>,
  { Q, c, A, b, G, h }: QuadraticProgramme,
): KktPoint<tf.Tensor> {
  const symmetric = tf.mul(0.5, tf.add(Q, transposed(Q)));
  let force = tf.add(times(symmetric, x), c);
  if (A && nu) force = tf.add(force, times(A, nu, true));
  if (G && mu) force = tf.add(force, times(G, mu, true));
  return {
    x: force,
    ...(A && b && nu ? { nu: tf.sub(times(A, x), b) } : {}),
    ...(G && h && mu ? { mu: tf.minimum(mu, tf.sub(h, times(G, x))) } : {}),
  };
}
