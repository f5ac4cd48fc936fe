import type * as tf from '@tensorflow/tfjs-core';
import { constant } from './constant.ts';
import { toFloat64 } from './float64/float64-backend.ts';

/** Looks at values and throws if they are not allowed. */
export type Check = (values: Float64Array) => void;
/** Numbers from the numbers of tensors. */
export type Derive = (...values: Float64Array[]) => Float64Array;

/** Takes plain code over while a function is traced, whose tensors have no values: it then runs in each call. */
export interface PlainCodeTracer {
  /** False where the tensor has values. `ifGiven`: only of an argument, which has its values anyway. */
  check(tensor: tf.Tensor, check: Check, ifGiven: boolean): boolean;
  /** Undefined where all tensors have values. */
  derive(tensors: readonly tf.Tensor[], shape: readonly number[], derive: Derive): tf.Tensor | undefined;
}

let current: PlainCodeTracer | undefined;

/** Runs a function whose plain code on values a tracer takes over. */
export function withTracer<T>(tracer: PlainCodeTracer, run: () => T): T {
  const former = current;
  current = tracer;
  try {
    return run();
  } finally {
    current = former;
  }
}

/** Lets `check` look at a tensor's values and throw; at once, or in each call of a compiled function that is being traced. */
export function checkValues(tensor: tf.Tensor, check: Check): void {
  if (!current?.check(tensor, check, false)) check(toFloat64(tensor));
}

/**
 * The same for a check of which the result shows anyway: a compiled function looks at its arguments alone, since what it
 * computes on the way would have to be set aside to be looked at. True where the values were looked at, now.
 */
export function checkGivenValues(tensor: tf.Tensor, check: Check): boolean {
  if (current?.check(tensor, check, true)) return false;
  check(toFloat64(tensor));
  return true;
}

/**
 * A real tensor of numbers that plain code makes of the numbers of others, such as the support of a projection: a constant
 * to every gradient. `derive` may use nothing else but constants, since a compiled function calls it again.
 */
export function derivedConstant(
  tensors: readonly tf.Tensor[],
  shape: readonly number[],
  derive: Derive,
): tf.Tensor {
  return current?.derive(tensors, shape, derive) ?? constant(derive(...tensors.map(toFloat64)), shape);
}
