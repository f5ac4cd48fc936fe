import type { DataType } from '@tensorflow/tfjs-core';
import type { Dense, Values } from '../float64/dense.ts';
import type { Attributes } from '../float64/kernel.ts';

/** A tensor of a traced function: what is known of it before it has values. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly size: number;
  readonly dtype: DataType;
  /** The value whose memory this one shares under another shape; itself where it has memory of its own. */
  readonly base: Value;
  /** What computes it; undefined for inputs and constants. */
  readonly op: Op | undefined;
  /** Its values, if they do not depend on any input. */
  readonly constant: Values | undefined;
}

/** One kernel with what it reads and what it makes. */
export interface Op {
  readonly kernel: string;
  /** Names of the inputs, as the kernel knows them. */
  readonly names: readonly string[];
  readonly inputs: readonly Value[];
  readonly attrs: Attributes;
  readonly outputs: readonly Value[];
}

/** A look at values that throws if they are not allowed, at its place in the order of the computation. */
export interface Check {
  readonly value: Value;
  readonly check: (values: Float64Array) => void;
}

/** A traced function: all it computes from its inputs, in order. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly ops: readonly Op[];
  readonly checks: readonly Check[];
}

/** What is needed to write kernels down. */
export interface KernelWriter {
  /** A value that does not depend on any input. */
  constant(values: Dense): Value;
  /** The same numbers under another shape, or under another type that holds them as they are. */
  view(value: Value, shape: readonly number[], dtype?: DataType): Value;
  /** What a kernel makes of its inputs. Throws what the kernel throws for shapes that do not fit. */
  apply(kernel: string, inputs: Readonly<Record<string, Value>>, attrs: Attributes): readonly Value[];
}

/** Attributes as text, for comparison: JSON would make NaN, Infinity and undefined the same. */
export function attributesKey(attrs: unknown): string {
  if (Array.isArray(attrs) || ArrayBuffer.isView(attrs))
    return `[${Array.from(attrs as ArrayLike<unknown>, attributesKey).join()}]`;
  if (typeof attrs === 'object' && attrs !== null)
    return `{${Object.entries(attrs)
      .map(([name, value]) => `${name}:${attributesKey(value)}`)
      .join()}}`;
  return Object.is(attrs, -0) ? '-0' : `${typeof attrs} ${String(attrs)}`;
}
