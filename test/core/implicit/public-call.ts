import * as tf from '@tensorflow/tfjs-core';

/** One way to call a public function, with arguments that are right. */
export interface PublicCall {
  readonly call: (...args: never[]) => unknown;
  readonly args: () => unknown[];
  /** Results are constants, or arrays: there is no gradient to ask for. */
  readonly isConstant?: boolean;
  /** A condition, a map or a function of the caller's, which computes with NaN as arithmetic does; solvers look at what it gives. */
  readonly isArithmetic?: boolean;
  /** Runs a function of the caller's, whose errors are the caller's. */
  readonly isOwnFunction?: boolean;
}

type Call = PublicCall['call'];

export const quadratic = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.sub(x, t)));
export const root = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.mul(x, tf.add(1, tf.square(x))), t);
export const contraction = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.add(tf.mul(0.3, tf.sin(x)), t);
export const silent = { implicit: { onWarning: () => undefined } };

export const plain = (call: unknown, args: () => unknown[], rest: Partial<PublicCall> = {}): PublicCall => ({
  call: call as Call,
  args,
  ...rest,
});
