import { BugError } from './errors.ts';

/** Element types of tensors that cross a session or live in a model, named as ONNX Runtime names them. */
export type ElementType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool'
  | 'string';

/** Storage of each element type. float16 and bfloat16 keep their raw 16-bit patterns; bool is 0 or 1. */
export interface ElementArrays {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int16: Int16Array;
  int8: Int8Array;
  uint64: BigUint64Array;
  uint32: Uint32Array;
  uint16: Uint16Array;
  uint8: Uint8Array;
  bool: Uint8Array;
  string: readonly string[];
}

/** A dense row-major tensor. `data.length` is the product of `dims`; a scalar has `dims = []`. */
export interface Tensor<T extends ElementType = ElementType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: ElementArrays[T];
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Number of elements of the axes from `start` to `end` (exclusive) of a shape. */
export function sizeBetween(dims: readonly number[], start: number, end: number): number {
  return sizeOf(dims.slice(start, end));
}

/** Wraps row-major float32 data; throws BugError when the length does not fit the shape. */
export function float32(data: Float32Array, dims: readonly number[]): Tensor<'float32'> {
  if (data.length !== sizeOf(dims)) {
    throw new BugError(
      `float32: shape [${dims.join(', ')}] needs ${sizeOf(dims)} values, got ${data.length}`,
    );
  }
  return { type: 'float32', dims, data };
}

/** Wraps integers as an int64 tensor (shape [n] unless given). */
export function int64(values: readonly number[], dims: readonly number[] = [values.length]): Tensor<'int64'> {
  return { type: 'int64', dims, data: BigInt64Array.from(values, (value) => BigInt(value)) };
}

/** The tensor as float32, or BugError: for outputs that the graph's types guarantee. */
export function expectFloat32(tensor: Tensor | undefined, name: string): Tensor<'float32'> {
  if (tensor?.type !== 'float32')
    throw new BugError(`tensor ${name} is ${tensor?.type ?? 'absent'}, expected float32`);
  return tensor as Tensor<'float32'>;
}
