import type * as tf from '@tensorflow/tfjs-core';
import { gradientOf } from '../optimality/gradient.ts';
import type { Objective } from '../optimality/gradient.ts';
import { flattenTree, pack, unpack } from '../tree.ts';

/** A problem over a tree of tensors as one over the vector of all their entries, at fixed arguments. */
export interface PackedProblem {
  readonly x: tf.Tensor;
  readonly objective: (x: tf.Tensor) => tf.Tensor;
  readonly gradient: (x: tf.Tensor) => tf.Tensor;
  readonly unpack: <X>(x: tf.Tensor) => X;
}

/** Packs the unknowns of f(x, ...args), for methods that think in vectors. */
export function packProblem<X, A extends unknown[]>(
  objective: Objective<X, A>,
  x: X,
  args: A,
): PackedProblem {
  const tree = flattenTree(x);
  const shapes = tree.leaves.map((leaf) => leaf.shape);
  const apart = <Y = X>(v: tf.Tensor): Y => tree.rebuild<Y>(unpack(v, shapes));
  const packed = (v: tf.Tensor): tf.Tensor => objective(apart<X>(v), ...args);
  return {
    x: pack(tree.leaves),
    objective: packed,
    gradient: gradientOf<tf.Tensor, []>(packed),
    unpack: apart,
  };
}
