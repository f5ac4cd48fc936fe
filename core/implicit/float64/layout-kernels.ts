import * as tf from '@tensorflow/tfjs-core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { allocate, broadcastTo, materialise, sizeOfShape, stridesOf } from './dense.ts';
import type { Dense } from './dense.ts';
import type { Attributes, KernelTable } from './kernel.ts';

function transpose(x: Dense, order: readonly number[]): Dense {
  const strides = stridesOf(x.shape);
  return materialise(
    x,
    order.map((axis) => x.shape[axis]),
    order.map((axis) => strides[axis]),
  );
}

/** The box of `shape` that starts at `begin` and walks by `steps`. */
function window(
  x: Dense,
  begin: readonly number[],
  shape: readonly number[],
  steps?: readonly number[],
): Dense {
  const strides = stridesOf(x.shape);
  const offset = begin.reduce((sum, start, axis) => sum + start * strides[axis], 0);
  return materialise(
    x,
    shape,
    strides.map((stride, axis) => stride * (steps?.[axis] ?? 1)),
    offset,
  );
}

function slice(x: Dense, attrs: Attributes): Dense {
  const [begin, size] = tf.slice_util.parseSliceParams(
    x as unknown as Tensor,
    attrs.begin as number[],
    attrs.size as number[],
  );
  tf.slice_util.assertParamsValid(x as unknown as Tensor, begin, size);
  return window(x, begin, size);
}

function stridedSlice(x: Dense, attrs: Attributes): Dense {
  const mask = (name: string): number => attrs[name] as number;
  const info = tf.slice_util.sliceInfo(
    x.shape,
    attrs.begin as number[],
    attrs.end as number[],
    attrs.strides as number[],
    mask('beginMask'),
    mask('endMask'),
    mask('ellipsisMask'),
    mask('newAxisMask'),
    mask('shrinkAxisMask'),
  );
  const shape = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  return { ...window(x, info.begin, shape, info.strides), shape: info.finalShape };
}

function reverse(x: Dense, dims: number | number[]): Dense {
  const axes = tf.util.parseAxisParam(dims, x.shape);
  const flipped = (axis: number): boolean => axes.includes(axis);
  return window(
    x,
    x.shape.map((dim, axis) => (flipped(axis) ? dim - 1 : 0)),
    x.shape,
    x.shape.map((_, axis) => (flipped(axis) ? -1 : 1)),
  );
}

function tile(x: Dense, reps: readonly number[]): Dense {
  const strides = stridesOf(x.shape);
  const split = materialise(
    x,
    x.shape.flatMap((dim, axis) => [reps[axis], dim]),
    strides.flatMap((stride) => [0, stride]),
  );
  return { ...split, shape: x.shape.map((dim, axis) => dim * reps[axis]) };
}

function pad(x: Dense, paddings: readonly (readonly [number, number])[], constant: number): Dense {
  const shape = x.shape.map((dim, axis) => dim + paddings[axis][0] + paddings[axis][1]);
  const values = allocate(x.dtype, sizeOfShape(shape)).fill(constant);
  paste(
    x,
    values,
    shape,
    paddings.map(([before]) => before),
  );
  return { shape, dtype: x.dtype, values };
}

/** Writes a block into a larger array at the given corner. */
function paste(
  block: Dense,
  values: Dense['values'],
  shape: readonly number[],
  corner: readonly number[],
): void {
  const rank = shape.length;
  if (rank === 0) {
    values[0] = block.values[0]!;
    return;
  }
  const strides = stridesOf(shape);
  const width = block.shape[rank - 1];
  for (let start = 0; start < block.values.length; start += width) {
    let rest = start;
    let at = 0;
    for (let axis = rank - 1; axis >= 0; axis--) {
      at += ((rest % block.shape[axis]) + corner[axis]) * strides[axis];
      rest = Math.floor(rest / block.shape[axis]);
    }
    values.set(block.values.subarray(start, start + width), at);
  }
}

function concat(parts: readonly Dense[], axisParam: number): Dense {
  const axis = tf.util.parseAxisParam(axisParam, parts[0].shape)[0];
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const values = allocate(parts[0].dtype, sizeOfShape(shape));
  const corner = shape.map(() => 0);
  for (const part of parts) {
    if (part.values.length > 0) paste(part, values, shape, corner);
    corner[axis] += part.shape[axis];
  }
  return { shape, dtype: parts[0].dtype, values };
}

const insertAxis = (shape: readonly number[], axis: number): number[] => {
  const at = axis < 0 ? shape.length + 1 + axis : axis;
  return [...shape.slice(0, at), 1, ...shape.slice(at)];
};

function split(x: Dense, sizesParam: number | number[], axisParam: number): Dense[] {
  const axis = tf.util.parseAxisParam(axisParam, x.shape)[0];
  const sizes = tf.backend_util.prepareSplitSize(x as unknown as Tensor, sizesParam, axis);
  const begin = x.shape.map(() => 0);
  return sizes.map((size) => {
    const part = window(
      x,
      begin,
      x.shape.map((dim, a) => (a === axis ? size : dim)),
    );
    begin[axis] += size;
    return part;
  });
}

function unpack(x: Dense, axisParam: number): Dense[] {
  const axis = tf.util.parseAxisParam(axisParam, x.shape)[0];
  const shape = x.shape.filter((_, a) => a !== axis);
  return split(x, x.shape[axis], axis).map((part) => ({ ...part, shape }));
}

function reshape(x: Dense, shape: readonly number[]): Dense {
  const inferred = tf.util.inferFromImplicitShape([...shape], x.values.length);
  return { ...x, shape: inferred };
}

function arithmeticSequence(count: number, start: number, step: number, dtype: DataType): Dense {
  const values = allocate(dtype, count);
  for (let i = 0; i < count; i++) values[i] = start + i * step;
  return { shape: [count], dtype, values };
}

/** Shape changes, cutting and joining; and tensors made of nothing. */
export const layoutKernels: KernelTable = {
  BroadcastTo: ({ x }, { shape }) => broadcastTo(x, shape as number[]),
  Concat: (inputs, { axis }) => concat(Object.values(inputs), axis as number),
  ExpandDims: ({ input }, { dim }) => ({ ...input, shape: insertAxis(input.shape, dim as number) }),
  Fill: (_, { shape, value, dtype }) => {
    const type = (dtype ?? 'float32') as DataType;
    const dims = shape as number[];
    return { shape: dims, dtype: type, values: allocate(type, sizeOfShape(dims)).fill(value as number) };
  },
  Identity: ({ x }) => x,
  LinSpace: (_, { start, stop, num }) => {
    const [first, last, count] = [start as number, stop as number, num as number];
    return arithmeticSequence(count, first, count > 1 ? (last - first) / (count - 1) : 0, 'float32');
  },
  Pack: (inputs, { axis }) => {
    const parts = Object.values(inputs).map((x) => ({ ...x, shape: insertAxis(x.shape, axis as number) }));
    return concat(parts, axis as number);
  },
  PadV2: ({ x }, { paddings, constantValue }) =>
    pad(x, paddings as [number, number][], constantValue as number),
  Range: (_, { start, stop, step, dtype }) => {
    const [first, last, stride] = [start as number, stop as number, (step as number | undefined) ?? 1];
    const count = Math.max(0, Math.ceil((last - first) / stride));
    return arithmeticSequence(count, first, stride, (dtype ?? 'float32') as DataType);
  },
  Reshape: ({ x }, { shape }) => reshape(x, shape as number[]),
  Reverse: ({ x }, { dims }) => reverse(x, dims as number | number[]),
  Slice: ({ x }, attrs) => slice(x, attrs),
  SplitV: ({ x }, { numOrSizeSplits, axis }) =>
    split(x, numOrSizeSplits as number | number[], axis as number),
  StridedSlice: ({ x }, attrs) => stridedSlice(x, attrs),
  Tile: ({ x }, { reps }) => tile(x, reps as number[]),
  Transpose: ({ x }, { perm }) => transpose(x, perm as number[]),
  Unpack: ({ value }, { axis }) => unpack(value, axis as number),
};
