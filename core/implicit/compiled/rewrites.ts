import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { allocate } from '../float64/dense.ts';
import type { Attributes } from '../float64/kernel.ts';
import type { KernelWriter, Value } from './graph.ts';

type Inputs = Readonly<Record<string, Value>>;
type Rewrite = (builder: KernelWriter, inputs: Inputs, attrs: Attributes) => readonly Value[] | undefined;

/** Whether a value of one type is the same number in another. */
const holds = (from: DataType, to: DataType): boolean =>
  from === to || to === 'float32' || (from === 'bool' && to === 'int32');

const filled = (builder: KernelWriter, like: Value, number: number): readonly Value[] => [
  builder.constant({
    shape: [...like.shape],
    dtype: like.dtype,
    values: allocate(like.dtype, like.size).fill(number),
  }),
];

/** Pieces along an axis, each cut out by itself. */
function pieces(builder: KernelWriter, x: Value, sizes: readonly number[], axis: number): Value[] {
  let from = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, a) => (a === axis ? from : 0));
    from += size;
    const shape = x.shape.map((dim, a) => (a === axis ? size : dim));
    return builder.apply('Slice', { x }, { begin, size: shape })[0];
  });
}

const isOnes = ({ constant, dtype }: Value): boolean =>
  constant !== undefined && dtype === 'float32' && constant.every((number) => number === 1);

/** x · 1, which gradients are full of, is x, repeated where 1 has the larger shape. */
const timesOne: Rewrite = (builder, { a, b }) => {
  const other = isOnes(b) ? a : isOnes(a) ? b : undefined;
  if (!other || other.constant || other.dtype !== 'float32') return undefined;
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  if (tf.util.sizeFromShape(shape) === other.size) return [builder.view(other, shape)];
  return builder.apply('BroadcastTo', { x: other }, { shape });
};

/**
 * Operands of a map of two arrays, each a single number or of the result's shape: others are repeated, and a single number
 * that was repeated before is taken as it is.
 */
export function alignedOperands(builder: KernelWriter, inputs: Inputs): Inputs {
  const [a, b] = Object.values(inputs);
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const size = tf.util.sizeFromShape(shape);
  const align = (value: Value, other: Value): Value => {
    const source = value.base.op?.kernel === 'BroadcastTo' ? value.base.op.inputs[0] : undefined;
    if (source?.size === 1 && other.size === size) return builder.view(source, []);
    if (value.size === 1 || value.size === size) return value;
    return builder.apply('BroadcastTo', { x: value }, { shape })[0];
  };
  const left = align(a, b);
  const right = align(b, left);
  const [first, second] = Object.keys(inputs);
  return { [first]: left, [second]: right };
}

const axisOf = (x: Value, attrs: Attributes): number =>
  tf.util.parseAxisParam(attrs.axis as number, [...x.shape])[0];

const rewrites: Readonly<Record<string, Rewrite>> = {
  AddN: (builder, inputs) => [Object.values(inputs).reduce((a, b) => builder.apply('Add', { a, b }, {})[0])],
  Identity: (_, { x }) => [x],
  Reshape: (builder, { x }, { shape }) => [
    builder.view(x, tf.util.inferFromImplicitShape([...(shape as number[])], x.size)),
  ],
  ExpandDims: (builder, { input }, { dim }) => {
    const at = (dim as number) < 0 ? input.shape.length + 1 + (dim as number) : (dim as number);
    return [builder.view(input, [...input.shape.slice(0, at), 1, ...input.shape.slice(at)])];
  },
  Cast: (builder, { x }, { dtype }) =>
    holds(x.dtype, dtype as DataType) ? [builder.view(x, x.shape, dtype as DataType)] : undefined,
  OnesLike: (builder, { x }) => filled(builder, x, 1),
  ZerosLike: (builder, { x }) => filled(builder, x, 0),
  Multiply: timesOne,
  BroadcastTo: (builder, { x }, { shape }) =>
    tf.util.sizeFromShape(shape as number[]) === x.size ? [builder.view(x, shape as number[])] : undefined,
  SplitV: (builder, { x }, attrs) => {
    const axis = axisOf(x, attrs);
    const sizes = tf.backend_util.prepareSplitSize(
      x as unknown as tf.Tensor,
      attrs.numOrSizeSplits as number | number[],
      axis,
    );
    return pieces(builder, x, sizes, axis);
  },
  Unpack: (builder, { value }, attrs) => {
    const axis = axisOf(value, attrs);
    const shape = value.shape.filter((_, a) => a !== axis);
    const ones = new Array<number>(value.shape[axis]).fill(1);
    return pieces(builder, value, ones, axis).map((piece) => builder.view(piece, shape));
  },
};

/** What a kernel comes to without being run, if that is so: a view, a constant, simpler kernels. */
export function rewriteOf(
  builder: KernelWriter,
  kernel: string,
  inputs: Inputs,
  attrs: Attributes,
): readonly Value[] | undefined {
  return rewrites[kernel]?.(builder, inputs, attrs);
}
