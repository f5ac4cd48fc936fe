import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { checkFunctions } from '../checks.ts';
import { conditionLike } from '../arity.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import { vjp } from '../tape.ts';
import { flattenTree } from '../tree.ts';

/** A real-valued function of a tree of tensors and further arguments. */
export type Objective<X, A extends unknown[]> = (x: X, ...args: A) => tf.Tensor;

/**
 * ∇ₓ f(x, ...args), shaped like x; differentiable again, also by the arguments.
 *
 * Unlike `tf.grad` it takes trees, and when nested it does not mix in the dependence of other arguments on x.
 * Throws ImplicitError 'bad-tensor' unless f returns one number.
 */
export function gradientOf<X, A extends unknown[]>(objective: Objective<X, A>): (x: X, ...args: A) => X {
  checkFunctions('gradientOf', { 'the objective': objective });
  return conditionLike('gradient', objective, (x: X, ...args: A) => {
    registerGradients();
    const tree = flattenTree(x);
    if (tree.leaves.length === 0)
      throw new ImplicitError('bad-tensor', 'gradient: the point holds no tensor');
    const value = (leaves: tf.Tensor[]): tf.Tensor => {
      const result = objective(tree.rebuild<X>(leaves), ...args);
      const isTensor = (result as unknown) instanceof tf.Tensor;
      if (isTensor && result.size === 1) return tf.reshape(result, []);
      const got = isTensor ? `shape [${result.shape.join(', ')}]` : typeof result;
      throw new ImplicitError('bad-tensor', `an objective must return one number in a tensor, got ${got}`, {
        hint: 'Reduce it with tf.sum or tf.mean.',
      });
    };
    return tree.rebuild<X>(vjp(value, tree.leaves, tf.scalar(1)));
  });
}

/** Combines two trees of one structure leaf by leaf. */
export function zipTrees<X>(
  a: X,
  b: X,
  combine: (left: tf.Tensor, right: tf.Tensor, leaf: number) => tf.Tensor,
): X {
  const left = flattenTree(a);
  const right = flattenTree(b);
  return left.rebuild<X>(left.leaves.map((leaf, i) => combine(leaf, right.leaves[i], i)));
}

/** x - stepsize · direction. */
export function stepAgainst<X>(x: X, stepsize: tf.Tensor, direction: X): X {
  return zipTrees(x, direction, (leaf, d) => tf.sub(leaf, tf.mul(stepsize, d)));
}
