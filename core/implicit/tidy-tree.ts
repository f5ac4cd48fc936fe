import * as tf from '@tensorflow/tfjs-core';
import { flattenTree } from './tree.ts';

/** tf.tidy for any tree: its tensors outlive the scope, everything else that was made on the way does not. */
export function tidyTree<T>(compute: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = compute();
    return [...flattenTree(result).leaves];
  });
  return result as T;
}
