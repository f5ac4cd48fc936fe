import type * as tf from '@tensorflow/tfjs-core';
import { constant } from './constant.ts';

/** A parameter that may or may not be differentiated: a plain number is a constant, kept in full precision. */
export type Scalar = number | tf.Tensor;

/** The parameter as a tensor of the active backend's precision. */
export function asTensor(value: Scalar): tf.Tensor {
  return typeof value === 'number' ? constant(value) : value;
}
