import { sizeOf } from '../../tensor.ts';
import { intOf } from '../attributes.ts';
import { permutationOf, sliceRanges, splitSizes } from '../shape-rules/movement.ts';
import { axisOf, numbersOf } from '../shape-rules/rule.ts';
import type { Evaluator } from './evaluator.ts';
import { broadcastStrides, copyView, fill, stridesOf, walk } from './strided.ts';

const reshaped: Evaluator = (_, [value], [{ dims }]) => [{ ...value, dims }];

const transpose: Evaluator = (call, [value], [{ dims }]) => {
  const strides = stridesOf(value.dims);
  return [
    copyView(
      value,
      dims,
      permutationOf(call).map((axis) => strides[axis]),
    ),
  ];
};

const expand: Evaluator = (_, [value], [{ dims }]) => [
  copyView(value, dims, broadcastStrides(value.dims, dims)),
];

const tile: Evaluator = (call, [value], [{ dims }]) => {
  const repeats = numbersOf(call, 1, 'repeats') ?? [];
  const strides = stridesOf(value.dims);
  const view = value.dims.flatMap((size, axis) => [repeats[axis], size]);
  return [
    {
      ...copyView(
        value,
        view,
        strides.flatMap((stride) => [0, stride]),
      ),
      dims,
    },
  ];
};

const slice: Evaluator = (call, [value], [{ dims }]) => {
  const strides = stridesOf(value.dims);
  const ranges = sliceRanges(call);
  const offset = ranges.reduce((total, { start }, axis) => total + start * strides[axis], 0);
  return [
    copyView(
      value,
      dims,
      ranges.map(({ step }, axis) => step * strides[axis]),
      offset,
    ),
  ];
};

const split: Evaluator = (call, [value], outputs) => {
  const { axis, sizes } = splitSizes(call);
  const strides = stridesOf(value.dims);
  let start = 0;
  return outputs.map(({ dims }, index) => {
    const piece = copyView(value, dims, strides, start * strides[axis]);
    start += sizes[index];
    return piece;
  });
};

const concat: Evaluator = (call, values, [{ dims }]) => {
  const axis = axisOf(call, intOf(call.node, 'axis', 1), dims.length);
  const strides = stridesOf(dims);
  return [
    fill(values[0], dims, (put) => {
      let start = 0;
      for (const value of values) {
        walk(value.dims, strides, start * strides[axis], (target, source) => put(target, value, source));
        start += value.dims[axis];
      }
    }),
  ];
};

const gather: Evaluator = (call, [value, indices], [{ dims }]) => {
  const axis = axisOf(call, intOf(call.node, 'axis', 0), value.dims.length);
  const inner = sizeOf(value.dims.slice(axis + 1));
  const size = value.dims[axis];
  const picks = Array.from(indices.data as ArrayLike<number | bigint>, Number).map((pick) =>
    pick < 0 ? pick + size : pick,
  );
  if (picks.some((pick) => pick < 0 || pick >= size)) return undefined;
  return [
    fill(value, dims, (put) => {
      let position = 0;
      for (let outer = 0; outer < sizeOf(value.dims.slice(0, axis)); outer++) {
        for (const pick of picks) {
          const from = (outer * size + pick) * inner;
          for (let i = 0; i < inner; i++) put(position++, value, from + i);
        }
      }
    }),
  ];
};

/** Operators that rearrange, repeat, cut, join or pick values. */
export const movementEvaluators: readonly (readonly [string, Evaluator])[] = [
  ...['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].map((name) => [name, reshaped] as const),
  ['Transpose', transpose],
  ['Expand', expand],
  ['Tile', tile],
  ['Slice', slice],
  ['Split', split],
  ['Concat', concat],
  ['Gather', gather],
];
