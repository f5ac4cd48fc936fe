import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError, describeValue } from './errors.ts';
import { checkGivenValues, checkValues } from './plain-code.ts';
import type { Scalar } from './scalar.ts';

/** A value that is not finite where it must be; a solver whose iterates run away ends in a status because of it. */
export class NotFiniteError extends ImplicitError {}

/** What a call may pass under the names of an error message. */
interface NumbersAllowed {
  /** A plain number will do as well as a tensor. @default false */
  readonly plain?: boolean;
  /** ±Infinity is a value, such as a bound that does not bind; NaN never is. @default false */
  readonly infinite?: boolean;
}

/** ImplicitError 'bad-tensor' unless the value is a tensor of numbers that has not been disposed. */
export function checkTensor(where: string, name: string, value: unknown): asserts value is tf.Tensor {
  if (!(value instanceof tf.Tensor)) {
    throw new ImplicitError('bad-tensor', `${where}: ${name} must be a tensor, got ${describeValue(value)}`, {
      hint: 'constant([1, 2]) makes a tensor of numbers.',
    });
  }
  if (value.isDisposed) throw new ImplicitError('bad-tensor', `${where}: ${name} has been disposed`);
  if (value.dtype === 'string' || value.dtype === 'complex64')
    throw new ImplicitError('bad-tensor', `${where}: ${name} must hold real numbers, got ${value.dtype}`);
}

/** A plain loop: compiled solvers look at every iterate. */
function firstRefused(values: ArrayLike<number>, infinite: boolean): number | undefined {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Of a difference with itself only NaN and infinities make NaN.
    if (value - value !== 0 && (!infinite || Number.isNaN(value))) return value;
  }
  return undefined;
}

/*
 * Stores of values that were looked at, which never change: a solver evaluates an objective thousands of times with the same
 * data. Traced tensors have none.
 */
const seenFinite = new WeakSet<object>();
const seenNumbers = new WeakSet<object>();

function checkEach(
  where: string,
  named: Readonly<Record<string, unknown>>,
  { plain = false, infinite = false }: NumbersAllowed,
): void {
  for (const [name, value] of Object.entries(named)) {
    const look = (values: ArrayLike<number>): void => {
      const wrong = firstRefused(values, infinite);
      if (wrong === undefined) return;
      throw new NotFiniteError(
        'bad-tensor',
        `${where}: ${name} must ${infinite ? 'be a number or infinite' : 'be finite'}, got ${wrong}`,
      );
    };
    if (plain && typeof value === 'number') {
      // As the active backend keeps it.
      look([tf.backend().epsilon() < 1e-10 ? value : Math.fround(value)]);
      continue;
    }
    checkTensor(where, name, value);
    const seen = infinite ? seenNumbers : seenFinite;
    if (seen.has(value.dataId)) continue;
    if (checkGivenValues(value, look)) seen.add(value.dataId);
  }
}

/** ImplicitError 'bad-tensor', by name, unless every value is a tensor with finite entries; traced tensors are looked at in each call. */
export function checkTensors(where: string, named: Readonly<Record<string, unknown>>): void {
  checkEach(where, named, {});
}

/** The same for values that may be plain numbers. */
export function checkScalars(where: string, named: Readonly<Record<string, unknown>>): void {
  checkEach(where, named, { plain: true });
}

/** The same for bounds: numbers or tensors, which may be infinite. */
export function checkBounds(where: string, named: Readonly<Record<string, unknown>>): void {
  checkEach(where, named, { plain: true, infinite: true });
}

/** The same without a look at the values: numbers, or tensors of numbers that have not been disposed. */
export function checkKind(where: string, name: string, value: unknown): void {
  if (typeof value !== 'number') checkTensor(where, name, value);
}

/** ImplicitError 'bad-usage', by name, unless every value is a function. */
export function checkFunctions(where: string, named: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(named)) {
    if (typeof value === 'function') continue;
    throw new ImplicitError(
      'bad-usage',
      `${where}: ${name} must be a function, got ${value instanceof tf.Tensor ? 'a tensor' : describeValue(value)}`,
    );
  }
}

/** The result of a function that must be synchronous; ImplicitError 'bad-usage' for a promise, with what was called and what to do. */
export function refusePromise<T>(result: T, what: string, hint: string): T {
  if (!(result instanceof Promise)) return result;
  // Its outcome is of no interest here, but an unhandled rejection would end the process.
  result.catch(() => undefined);
  throw new ImplicitError('bad-usage', `${what} returned a promise`, { hint });
}

/** ImplicitError 'bad-tensor' if a tensor anywhere among the values has been disposed, or holds strings. */
export function checkAlive(where: string, leaves: readonly tf.Tensor[]): void {
  for (const leaf of leaves) if (leaf.dtype === 'string') checkTensor(where, 'a tensor', leaf);
  const gone = leaves.find((leaf) => leaf.isDisposed);
  if (!gone) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: a tensor of shape [${gone.shape.join(', ')}] has been disposed`,
    { hint: 'tf.keep or a wider tf.tidy keeps a tensor that is needed later.' },
  );
}

/** ImplicitError 'bad-tensor' if an entry is below 0 or NaN. */
export function checkNonNegative(where: string, name: string, value: Scalar): void {
  checkEntries(value, (v) => v >= 0, `${where}: ${name} must not be negative`);
}

/** ImplicitError 'bad-tensor' unless every entry is above 0. */
export function checkAbove0(where: string, name: string, value: Scalar): void {
  checkEntries(value, (v) => v > 0, `${where}: ${name} must be above 0`);
}

function checkEntries(value: Scalar, isRight: (entry: number) => boolean, otherwise: string): void {
  const check = (values: ArrayLike<number>): void => {
    const wrong = Array.from(values).find((entry) => !isRight(entry));
    if (wrong !== undefined) throw new ImplicitError('bad-tensor', `${otherwise}, got ${wrong}`);
  };
  if (typeof value === 'number') check([value]);
  else checkValues(value, check);
}

/** ImplicitError 'bad-tensor' unless a tensor has the shape of another. */
export function checkSameShape(
  where: string,
  name: string,
  tensor: tf.Tensor,
  like: { readonly shape: readonly number[] },
): void {
  if (tensor.shape.join() === like.shape.join()) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: ${name} must have shape [${like.shape.join(', ')}], got [${tensor.shape.join(', ')}]`,
  );
}
