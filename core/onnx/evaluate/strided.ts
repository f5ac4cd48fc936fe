import { sizeOf } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { newElements } from '../element-types.ts';

/** Elements to step over for one step along each axis of a row-major tensor. */
export function stridesOf(dims: readonly number[]): readonly number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  return strides;
}

/** Calls back with the flat source position of every element of a strided view, in row-major order of the view. */
export function walk(
  dims: readonly number[],
  strides: readonly number[],
  offset: number,
  visit: (source: number, position: number) => void,
): void {
  const size = sizeOf(dims);
  const index = new Int32Array(dims.length);
  let source = offset;
  for (let position = 0; position < size; position++) {
    visit(source, position);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      source += strides[axis];
      if (++index[axis] < dims[axis]) break;
      source -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
}

/** A new tensor of the given shape and type with every element taken from `sources`. */
export function fill(
  { type }: Tensor,
  dims: readonly number[],
  produce: (put: (position: number, from: Tensor, source: number) => void) => void,
): Tensor {
  const data: unknown = type === 'string' ? new Array<string>(sizeOf(dims)) : newElements(type, sizeOf(dims));
  produce((position, from, source) => {
    (data as number[])[position] = (from.data as ArrayLike<number>)[source];
  });
  return { type, dims, data: data as Tensor['data'] };
}

/** Copies a strided view (transposed, sliced, broadcast) into a dense tensor. */
export function copyView(
  tensor: Tensor,
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
): Tensor {
  return fill(tensor, dims, (put) =>
    walk(dims, strides, offset, (source, position) => put(position, tensor, source)),
  );
}

/** Strides that read a tensor as if broadcast to `dims`. */
export function broadcastStrides(from: readonly number[], dims: readonly number[]): readonly number[] {
  const own = stridesOf(from);
  return dims.map((_, axis) => {
    const inner = axis - dims.length + from.length;
    return inner < 0 || from[inner] === 1 ? 0 : own[inner];
  });
}
