import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { projectionPsdCone, projectionSecondOrderCone } from '../projections/cones.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { conditionLike } from '../arity.ts';
import { checkTensors } from '../checks.ts';

/** A factor of a product cone and how many entries of s it takes (psd: size² entries, row-major). */
export type Cone =
  | { readonly kind: 'zero' | 'free' | 'non-negative' | 'second-order'; readonly size: number }
  | { readonly kind: 'psd'; readonly size: number };

const entriesOf = (cone: Cone): number => (cone.kind === 'psd' ? cone.size ** 2 : cone.size);

/** Projection onto the dual of one factor: free and zero swap, the others are their own duals. */
function projectDual(v: tf.Tensor, cone: Cone): tf.Tensor {
  switch (cone.kind) {
    case 'zero':
      return tf.clone(v);
    case 'free':
      return tf.mul(v, 0);
    case 'non-negative':
      return tf.relu(v);
    case 'second-order':
      return projectionSecondOrderCone(v);
    case 'psd':
      return tf.reshape(projectionPsdCone(tf.reshape(v, [cone.size, cone.size])), [v.size]);
    default:
      throw new ImplicitError('unknown-name', `unknown cone "${String((cone as Cone).kind)}"`, {
        hint: 'Use zero, free, non-negative, second-order or psd.',
      });
  }
}

/** Projection of v onto the dual K* of a product of cones, factor by factor in order. */
export function projectionDualCone(v: tf.Tensor, cones: readonly Cone[]): tf.Tensor {
  checkTensors('dual cone projection', { v });
  const total = cones.reduce((sum, cone) => sum + entriesOf(cone), 0);
  if (total !== v.size) {
    throw new ImplicitError('bad-tensor', `cones take ${total} entries, the vector has ${v.size}`);
  }
  return tf.tidy(() => {
    let from = 0;
    const parts = cones.map((cone) => {
      const part = tf.slice(v, [from], [entriesOf(cone)]);
      from += entriesOf(cone);
      return projectDual(part, cone);
    });
    return tf.concat(parts);
  });
}

/** minimise cᵀx s.t. A x + s = b, s in K, for c [n], A [m, n], b [m]. */
export interface ConicProgramme {
  readonly c: tf.Tensor;
  readonly A: tf.Tensor;
  readonly b: tf.Tensor;
}

/** A primal solution x [n] and v = y - s [m], the difference of the dual solution and the slack. */
export interface ConicPoint {
  readonly x: tf.Tensor;
  readonly v: tf.Tensor;
}

const column = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size, 1]);

/**
 * The residual map of a conic programme (Busseti, Moursi & Boyd 2019; Agrawal et al. 2019), normalised to the solution:
 * with y = Π_K*(v) and s = y - v,  { x: Aᵀy + c, v: b - A x - s }.
 */
export function conicResidual(cones: readonly Cone[]): OptimalityFn<ConicPoint, [ConicProgramme]> {
  return conditionLike(
    'conicResidual',
    { length: 2 },
    ({ x, v }: ConicPoint, { c, A, b }: ConicProgramme) => {
      const y = projectionDualCone(v, cones);
      const slack = tf.sub(y, v);
      return {
        x: tf.add(tf.reshape(tf.matMul(A, column(y), true), [x.size]), c),
        v: tf.sub(tf.sub(b, tf.reshape(tf.matMul(A, column(x)), [b.size])), slack),
      };
    },
  );
}
