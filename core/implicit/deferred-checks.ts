import type * as tf from '@tensorflow/tfjs-core';
import { toFloat64 } from './float64/float64-backend.ts';

type Check = (values: Float64Array) => void;
/** Takes a check over if the tensor has no values yet. */
type Deferral = (tensor: tf.Tensor, check: Check) => boolean;

let deferral: Deferral = () => false;

/** While a function is traced, its tensors have no values: whoever traces takes their checks here, to make them later. */
export function deferChecks<T>(to: Deferral, run: () => T): T {
  const former = deferral;
  deferral = to;
  try {
    return run();
  } finally {
    deferral = former;
  }
}

/** Lets `check` look at a tensor's values and throw; at once, or in each call of a compiled function that is being traced. */
export function checkValues(tensor: tf.Tensor, check: Check): void {
  if (!deferral(tensor, check)) check(toFloat64(tensor));
}
