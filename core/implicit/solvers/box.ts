import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { withoutTape } from '../tape.ts';
import { flattenTree, haveShapesOf, shapesOf } from '../tree.ts';

/** lower <= x <= upper: single numbers for all of x, or trees shaped like x. Infinite where there is no bound. */
export interface Box<X> {
  readonly lower: X | Scalar;
  readonly upper: X | Scalar;
}

/** One bound as a tensor for each leaf of x. */
function leavesOf(name: string, bound: unknown, x: readonly tf.Tensor[]): tf.Tensor[] {
  if (typeof bound === 'number') return x.map((leaf) => tf.fill(leaf.shape, bound));
  const { leaves } = flattenTree(bound);
  if (haveShapesOf(leaves, x)) return [...leaves];
  if (leaves.length === 1 && leaves[0].size === 1)
    return x.map((leaf) => tf.add(tf.zeros(leaf.shape), asTensor(tf.reshape(leaves[0], []))));
  throw new ImplicitError(
    'bad-tensor',
    `box: ${name} must be one number or have the shapes of x, ${shapesOf(x)}, got ${shapesOf(leaves)}`,
  );
}

/** Both bounds of x leaf by leaf; ImplicitError 'bad-tensor' for shapes that do not fit. */
export function boundsOf<X>(x: X, { lower, upper }: Box<X>): { lower: tf.Tensor[]; upper: tf.Tensor[] } {
  const { leaves } = flattenTree(x);
  return { lower: leavesOf('lower', lower, leaves), upper: leavesOf('upper', upper, leaves) };
}

/** ImplicitError 'bad-tensor' for a bound that is not a number, or a lower one above the upper one. */
export function checkBox<X>(x: X, box: Box<X>): void {
  withoutTape(() =>
    tf.tidy(() => {
      const { lower, upper } = boundsOf(x, box);
      lower.forEach((low, leaf) => {
        const high = toFloat64(upper[leaf]);
        const at = toFloat64(low).findIndex((value, i) => !(value <= high[i]));
        if (at < 0) return;
        throw new ImplicitError(
          'bad-tensor',
          `box: lower must not be above upper, got ${toFloat64(low)[at]} and ${high[at]} at entry ${at}`,
        );
      });
    }),
  );
}

/** The nearest point of the box, recorded; where both bounds are equal the derivative is booked to one of them. */
export const clipTo = (x: tf.Tensor, lower: tf.Tensor, upper: tf.Tensor): tf.Tensor =>
  tf.minimum(tf.maximum(x, lower), upper);
