import * as tf from '@tensorflow/tfjs-core';
import type { InputSpec } from './trace.ts';

/** What a plan depends on besides the numbers in tensors: their shapes and types, and everything that is no tensor. */
export interface ArgumentKey {
  readonly key: string;
  readonly leaves: readonly tf.Tensor[];
  /** Where there is something whose content cannot be told from outside: what, as the end of a sentence. */
  readonly opaque?: string;
}

/** Describes arguments, which are trees of tensors, numbers, strings, booleans, null and undefined. */
export function argumentKey(args: readonly unknown[]): ArgumentKey {
  const leaves: tf.Tensor[] = [];
  let opaque: string | undefined;
  const describe = (value: unknown): string => {
    if (value instanceof tf.Tensor) {
      leaves.push(value as tf.Tensor);
      const { dtype, shape } = value as tf.Tensor;
      return `${dtype}[${shape.join()}]`;
    }
    if (Array.isArray(value)) return `(${value.map(describe).join()})`;
    if (typeof value === 'object' && value !== null) {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === Object.prototype || prototype === null)
        return `{${Object.entries(value)
          .map(([name, child]) => `${JSON.stringify(name)}:${describe(child)}`)
          .join()}}`;
    }
    if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
      opaque ??= typeof value === 'function' ? 'a function' : `a ${value.constructor.name}`;
      return 'opaque';
    }
    return Object.is(value, -0) ? 'number -0' : `${typeof value} ${JSON.stringify(String(value))}`;
  };
  const key = args.map(describe).join(';');
  return { key, leaves, ...(opaque === undefined ? {} : { opaque }) };
}

export const specsOf = (leaves: readonly tf.Tensor[]): InputSpec[] =>
  leaves.map(({ shape, dtype }) => ({ shape, dtype }));
