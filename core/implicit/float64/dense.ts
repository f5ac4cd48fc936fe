import type { DataType } from '@tensorflow/tfjs-core';

/** Storage of one tensor in the float64 backend; tfjs calls its only real type `float32`. */
export type Values = Float64Array | Int32Array | Uint8Array;

/** A dense row-major array as kernels see it. Values are never written to after a kernel returned them. */
export interface Dense {
  readonly shape: number[];
  readonly dtype: DataType;
  readonly values: Values;
}

/** Number of elements of a shape. */
export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Zeroed storage for a tfjs element type: `float32` gets 64 bits here. */
export function allocate(dtype: DataType, size: number): Values {
  if (dtype === 'int32') return new Int32Array(size);
  if (dtype === 'bool') return new Uint8Array(size);
  return new Float64Array(size);
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/**
 * Copies a strided view into fresh row-major storage. A stride may be 0 (broadcast) or negative (reversal);
 * slicing, transposing, tiling and broadcasting are all this one loop.
 */
export function materialise(
  x: Dense,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Dense {
  const size = sizeOfShape(shape);
  const values = allocate(x.dtype, size);
  const rank = shape.length;
  if (rank === 0) values[0] = x.values[offset]!;
  else if (size > 0) copyStrided(x.values, values, shape, strides, offset);
  return { shape: [...shape], dtype: x.dtype, values };
}

function copyStrided(
  source: Values,
  target: Values,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): void {
  const last = shape.length - 1;
  const inner = shape[last];
  const innerStride = strides[last];
  const counter = new Array<number>(last).fill(0);
  let from = offset;
  for (let to = 0; to < target.length;) {
    for (let i = 0, at = from; i < inner; i++, at += innerStride) target[to++] = source[at]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++counter[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      counter[axis] = 0;
    }
  }
}

/** Repeats an array along its axes of length 1 (and new leading axes) to reach a shape. */
export function broadcastTo(x: Dense, shape: readonly number[]): Dense {
  if (x.shape.length === shape.length && x.shape.every((dim, axis) => dim === shape[axis])) return x;
  const missing = shape.length - x.shape.length;
  const own = stridesOf(x.shape);
  const strides = shape.map((_, axis) =>
    axis < missing || x.shape[axis - missing] === 1 ? 0 : own[axis - missing],
  );
  return materialise(x, shape, strides);
}
