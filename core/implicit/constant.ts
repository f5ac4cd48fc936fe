import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError, describeValue } from './errors.ts';

/** A number, or nested arrays of numbers. */
export type NestedNumbers = number | readonly NestedNumbers[];

function shapeOf(values: NestedNumbers): number[] {
  return typeof values === 'number' ? [] : [values.length, ...(values.length > 0 ? shapeOf(values[0]) : [])];
}

function flatten(values: NestedNumbers): readonly number[] {
  if (typeof values === 'number') return [values];
  if (Array.isArray(values)) return values.flatMap(flatten);
  const got = (values as unknown) instanceof tf.Tensor ? 'a tensor' : describeValue(values);
  throw new ImplicitError('bad-tensor', `constant: expected numbers, or arrays of numbers, got ${got}`);
}

/**
 * A real tensor that keeps the full precision of the active backend.
 *
 * `tf.tensor` and plain numbers in an expression are rounded to float32 by tfjs even when the float64 backend is
 * active; this is the exact way in. Values are copied. Throws ImplicitError 'bad-tensor' for what are no numbers, and when the
 * shape does not fit.
 */
export function constant(values: NestedNumbers | Float64Array, shape?: readonly number[]): tf.Tensor {
  const flat = Float64Array.from(values instanceof Float64Array ? values : flatten(values));
  const dims = [...(shape ?? (values instanceof Float64Array ? [values.length] : shapeOf(values)))];
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size !== flat.length) {
    throw new ImplicitError(
      'bad-tensor',
      `constant: shape [${dims.join(', ')}] needs ${size} values, got ${flat.length}`,
    );
  }
  const stored =
    tf.backend().epsilon() === Number.EPSILON ? (flat as unknown as Float32Array) : Float32Array.from(flat);
  return tf.engine().makeTensor(stored, dims, 'float32');
}
