import type * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import type { Scalar } from './scalar.ts';

/** All values of a parameter as plain numbers. */
const valuesOf = (value: Scalar): ArrayLike<number> =>
  typeof value === 'number' ? [value] : toFloat64(value);

/** ImplicitError 'bad-tensor' if an entry is below 0; NaN passes, as it does through arithmetic. */
export function checkNonNegative(where: string, name: string, value: Scalar): void {
  const wrong = Array.from(valuesOf(value)).find((v) => v < 0);
  if (wrong === undefined) return;
  throw new ImplicitError('bad-tensor', `${where}: ${name} must not be negative, got ${wrong}`);
}

/** ImplicitError 'bad-tensor' unless both tensors have one shape. */
export function checkSameShape(where: string, name: string, tensor: tf.Tensor, like: tf.Tensor): void {
  if (tensor.shape.join() === like.shape.join()) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: ${name} must have shape [${like.shape.join(', ')}], got [${tensor.shape.join(', ')}]`,
  );
}
