import type * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { checkValues } from './plain-code.ts';
import type { Scalar } from './scalar.ts';

/** ImplicitError 'bad-tensor' if an entry is below 0; NaN passes, as it does through arithmetic. */
export function checkNonNegative(where: string, name: string, value: Scalar): void {
  const check = (values: ArrayLike<number>): void => {
    const wrong = Array.from(values).find((v) => v < 0);
    if (wrong === undefined) return;
    throw new ImplicitError('bad-tensor', `${where}: ${name} must not be negative, got ${wrong}`);
  };
  if (typeof value === 'number') check([value]);
  else checkValues(value, check);
}

/** ImplicitError 'bad-tensor' unless both tensors have one shape. */
export function checkSameShape(where: string, name: string, tensor: tf.Tensor, like: tf.Tensor): void {
  if (tensor.shape.join() === like.shape.join()) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: ${name} must have shape [${like.shape.join(', ')}], got [${tensor.shape.join(', ')}]`,
  );
}
