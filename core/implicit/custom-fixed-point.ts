import * as tf from '@tensorflow/tfjs-core';
import { conditionLike } from './arity.ts';
import { customRoot, customRootAsync } from './custom-root.ts';
import type { AttachedSolution } from './custom-root.ts';
import type { ImplicitOptions } from './implicit-options.ts';
import type { OptimalityFn } from './residual-map.ts';
import { flattenTree, haveShapesOf } from './tree.ts';
import { checkFunctions } from './checks.ts';

/**
 * The root condition x - T(x, ...args) = 0 of a fixed point. With this sign a contraction T gives a system whose
 * eigenvalues lie in the right half plane, and a gradient step gives a positive definite one.
 */
export function fixedPointResidual<X, A extends unknown[]>(
  fixedPointFn: OptimalityFn<X, A>,
): OptimalityFn<X, A> {
  checkFunctions('fixedPointResidual', { 'the map': fixedPointFn });
  return conditionLike('fixed point', fixedPointFn, (x: X, ...args: A) => {
    const point = flattenTree(x);
    const mapped = flattenTree(fixedPointFn(x, ...args));
    // A mismatch is left for the residual's own check, which names both structures.
    if (!haveShapesOf(mapped.leaves, point.leaves)) return mapped.rebuild<X>(mapped.leaves);
    return point.rebuild<X>(point.leaves.map((leaf, i) => tf.sub(leaf, mapped.leaves[i])));
  });
}

/** {@link customRoot} for a solver whose solutions satisfy x = T(x, ...args). */
export function customFixedPoint<X, A extends unknown[]>(
  fixedPointFn: OptimalityFn<X, A>,
  options: ImplicitOptions = {},
): <I>(solver: (init: I, ...args: A) => X) => (init: I, ...args: A) => X {
  return customRoot(fixedPointResidual(fixedPointFn), options);
}

/** {@link customRootAsync} for a solver whose solutions satisfy x = T(x, ...args). */
export function customFixedPointAsync<X, A extends unknown[]>(
  fixedPointFn: OptimalityFn<X, A>,
  options: ImplicitOptions = {},
): <I>(
  solver: (init: I, ...args: A) => Promise<X>,
) => (init: I, ...args: A) => Promise<AttachedSolution<X, A>> {
  return customRootAsync(fixedPointResidual(fixedPointFn), options);
}
