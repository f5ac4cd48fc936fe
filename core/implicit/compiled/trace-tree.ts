import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { flattenTree } from '../tree.ts';
import { argumentKey, specsOf } from './argument-key.ts';
import { TraceFailure } from './trace-failure.ts';
import { trace } from './trace.ts';
import type { Trace } from './trace.ts';

/** A traced function from trees to a tree. */
export interface TreeTrace<R> extends Trace {
  /** The result with other tensors in the places of its own. */
  readonly rebuild: (tensors: readonly tf.Tensor[]) => R;
}

/** {@link trace} of a function of trees; numbers and the like among its arguments are constants. */
export function traceTree<A extends unknown[], R>(run: (...args: A) => R, args: A): TreeTrace<R> {
  const tree = flattenTree(args);
  let rebuild: TreeTrace<R>['rebuild'] | undefined;
  const traced = trace((inputs) => {
    const result = run(...tree.rebuild<A>(inputs));
    const { opaque } = argumentKey([result]);
    if (opaque !== undefined) throw new TraceFailure(`returns ${opaque}`);
    const flat = flattenTree(result);
    rebuild = (tensors) => flat.rebuild<R>(tensors);
    return flat.leaves;
  }, specsOf(tree.leaves));
  return { ...traced, rebuild: rebuild! };
}

/** A tensor of the active backend with a copy of numbers that a plan computed. */
export function tensorOf(values: Float64Array, shape: readonly number[], dtype: tf.DataType): tf.Tensor {
  const real = constant(values, shape);
  if (dtype === 'float32') return real;
  const whole = tf.cast(real, dtype);
  real.dispose();
  return whole;
}
