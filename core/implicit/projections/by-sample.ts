import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { shapesOf } from '../tree.ts';
import { explainShapes } from '../arity.ts';

/**
 * An operation on one sample, applied to every sample of the leading axes of its first argument. `ranks` says how many axes
 * each argument has for one sample; what has no more is shared by all, what has the same leading axes is by sample.
 *
 * Without leading axes it is the operation itself. Throws ImplicitError 'bad-tensor' for leading axes that differ.
 */
export function bySample<A extends readonly Scalar[]>(
  where: string,
  args: A,
  ranks: readonly number[],
  run: (...args: A) => tf.Tensor,
): tf.Tensor {
  return explainShapes(where, { arguments: args }, () => eachSample(where, args, ranks, run));
}

function eachSample<A extends readonly Scalar[]>(
  where: string,
  args: A,
  ranks: readonly number[],
  run: (...args: A) => tf.Tensor,
): tf.Tensor {
  const first = args[0];
  const extra = typeof first === 'number' ? 0 : first.rank - ranks[0];
  if (typeof first === 'number' || extra <= 0) {
    checkAxes(where, args, ranks);
    return run(...args);
  }
  const leading = first.shape.slice(0, extra);
  const count = tf.util.sizeFromShape(leading);
  if (count === 0) {
    throw new ImplicitError(
      'bad-tensor',
      `${where}: there is no sample in a tensor of shape ${shapesOf([first])}`,
    );
  }
  return tf.tidy(() => {
    const parts = args.map((arg, i) => partsOf(where, asTensor(arg), ranks[i], leading));
    const results = Array.from({ length: count }, (_, b) =>
      run(...(parts.map((part) => (Array.isArray(part) ? part[b] : part)) as unknown as A)),
    );
    return tf.reshape(tf.stack(results), [...leading, ...results[0].shape]);
  });
}

/** Of one sample no argument may hold several. */
function checkAxes(where: string, args: readonly Scalar[], ranks: readonly number[]): void {
  const wrong = args.findIndex(
    (arg, i) => i > 0 && typeof arg !== 'number' && arg.rank > ranks[i] && arg.size !== 1,
  );
  if (wrong < 0) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: for one sample argument ${wrong + 1} must have ${ranks[wrong]} axes, got ${shapesOf([args[wrong] as tf.Tensor])}`,
  );
}

function partsOf(
  where: string,
  tensor: tf.Tensor,
  rank: number,
  leading: readonly number[],
): tf.Tensor | tf.Tensor[] {
  if (tensor.rank <= rank) return tensor;
  const own = tensor.shape.slice(leading.length);
  if (own.length === rank && tensor.shape.slice(0, leading.length).join() === leading.join())
    return tf.unstack(tf.reshape(tensor, [-1, ...own]));
  throw new ImplicitError(
    'bad-tensor',
    `${where}: expected ${rank} axes, or these after the leading axes [${leading.join(', ')}], got ${shapesOf([tensor])}`,
  );
}
