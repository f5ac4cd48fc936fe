import { sizeOf } from '../../tensor.ts';
import { attributeOf, intOf, intsOf } from '../attributes.ts';
import { axisOf, broadcast, inputOf, numbersOf, parameterOf, refuse } from './rule.ts';
import type { NodeCall, ShapeRule } from './rule.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Target shape of a Reshape with its 0 and -1 resolved. */
function reshapedDims(call: NodeCall): readonly number[] {
  const { dims } = inputOf(call, 0);
  const target = parameterOf(call, 'shape', 1) ?? refuse(call, 'it has no target shape');
  const copied = intOf(call.node, 'allowzero', 0)
    ? target
    : target.map((size, axis) => (size === 0 ? dims[axis] : size));
  const known = copied.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const resolved = copied.map((size) => (size === -1 ? sizeOf(dims) / Math.max(known, 1) : size));
  if (sizeOf(resolved) !== sizeOf(dims) || resolved.some((size) => !Number.isInteger(size))) {
    refuse(call, `cannot reshape [${dims.join(', ')}] to [${target.join(', ')}]`);
  }
  return resolved;
}

const reshape: ShapeRule = (call) => [{ type: inputOf(call, 0).type, dims: reshapedDims(call) }];

const flatten: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const axis = intOf(call.node, 'axis', 1);
  const cut = axis < 0 ? axis + dims.length : axis;
  return [{ type, dims: [sizeOf(dims.slice(0, cut)), sizeOf(dims.slice(cut))] }];
};

/** The permutation of a Transpose; reversed axes when it names none. */
export function permutationOf(call: NodeCall): readonly number[] {
  const { dims } = inputOf(call, 0);
  return intsOf(call.node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
}
const transpose: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  return [{ type, dims: permutationOf(call).map((axis) => dims[axis]) }];
};

const squeeze: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const axes = parameterOf(call, 'axes', 1)?.map((axis) => axisOf(call, axis, dims.length));
  return [{ type, dims: dims.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)) }];
};
const unsqueeze: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const axes = parameterOf(call, 'axes', 1) ?? refuse(call, 'it has no axes');
  const rank = dims.length + axes.length;
  const added = axes.map((axis) => axisOf(call, axis, rank));
  const rest = [...dims];
  return [
    {
      type,
      dims: Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1))),
    },
  ];
};

const expand: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const target = numbersOf(call, 1, 'the target shape') ?? refuse(call, 'it has no target shape');
  return [{ type, dims: broadcast(call, [dims, target]) }];
};
const tile: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const repeats = numbersOf(call, 1, 'the number of repeats') ?? [];
  return [{ type, dims: dims.map((size, axis) => size * repeats[axis]) }];
};

const concat: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const axis = axisOf(call, intOf(call.node, 'axis', 1), dims.length);
  const fits = (other: readonly number[]) =>
    other.length === dims.length && other.every((size, index) => index === axis || size === dims[index]);
  const misfit = call.inputs.find((input) => input && !fits(input.dims));
  if (misfit)
    refuse(call, `cannot join [${dims.join(', ')}] and [${misfit.dims.join(', ')}] along axis ${axis}`);
  const total = sum(call.inputs.map((input) => input?.dims[axis] ?? 0));
  return [{ type, dims: dims.map((size, index) => (index === axis ? total : size)) }];
};

/** Sizes of the pieces of a Split along its axis. */
export function splitSizes(call: NodeCall): { readonly axis: number; readonly sizes: readonly number[] } {
  const { dims } = inputOf(call, 0);
  const axis = axisOf(call, intOf(call.node, 'axis', 0), dims.length);
  const given = parameterOf(call, 'split', 1);
  if (given) return { axis, sizes: given };
  const pieces = intOf(call.node, 'num_outputs', call.node.outputs.length);
  const chunk = Math.ceil(dims[axis] / pieces);
  return { axis, sizes: Array.from({ length: pieces }, (_, i) => Math.min(chunk, dims[axis] - i * chunk)) };
}
const split: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const { axis, sizes } = splitSizes(call);
  return sizes.map((piece) => ({ type, dims: dims.map((size, index) => (index === axis ? piece : size)) }));
};

/** Per axis: first element, step and number of elements that a Slice takes. */
export interface SliceRange {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

function rangeOf(size: number, start: number, end: number, step: number): SliceRange {
  const fromFront = (index: number) => (index < 0 ? index + size : index);
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const first = Math.max(0, Math.min(high, fromFront(start)));
  const last = Math.max(low, Math.min(step > 0 ? size : size - 1, fromFront(end)));
  return { start: first, step, length: Math.max(0, Math.ceil((last - first) / step)) };
}

/** What a Slice takes along every axis of its input. */
export function sliceRanges(call: NodeCall): readonly SliceRange[] {
  const { dims } = inputOf(call, 0);
  const starts = parameterOf(call, 'starts', 1) ?? refuse(call, 'it has no starts');
  const ends = parameterOf(call, 'ends', 2) ?? refuse(call, 'it has no ends');
  const axes = parameterOf(call, 'axes', 3) ?? starts.map((_, index) => index);
  const steps = numbersOf(call, 4, 'the step') ?? starts.map(() => 1);
  const ranges = dims.map((size) => ({ start: 0, step: 1, length: size }));
  axes.forEach((given, index) => {
    const axis = axisOf(call, given, dims.length);
    ranges[axis] = rangeOf(dims[axis], starts[index], ends[index], steps[index]);
  });
  return ranges;
}
const slice: ShapeRule = (call) => [
  { type: inputOf(call, 0).type, dims: sliceRanges(call).map(({ length }) => length) },
];

const gather: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const axis = axisOf(call, intOf(call.node, 'axis', 0), dims.length);
  return [{ type, dims: [...dims.slice(0, axis), ...inputOf(call, 1).dims, ...dims.slice(axis + 1)] }];
};
const gatherElements: ShapeRule = (call) => [{ type: inputOf(call, 0).type, dims: inputOf(call, 1).dims }];
const gatherND: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const indices = inputOf(call, 1).dims;
  const depth = indices[indices.length - 1] + intOf(call.node, 'batch_dims', 0);
  return [{ type, dims: [...indices.slice(0, -1), ...dims.slice(depth)] }];
};

const pad: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const pads =
    intsOf(call.node, 'paddings') ?? parameterOf(call, 'pads', 1) ?? refuse(call, 'it has no pads');
  const axes =
    numbersOf(call, 3, 'axes')?.map((axis) => axisOf(call, axis, dims.length)) ?? dims.map((_, axis) => axis);
  const padded = [...dims];
  axes.forEach((axis, index) => (padded[axis] += pads[index] + pads[index + axes.length]));
  return [{ type, dims: padded }];
};

const shape: ShapeRule = (call) => {
  const { dims } = inputOf(call, 0);
  const range = dims.slice(intOf(call.node, 'start', 0), attributeOf(call.node, 'end', 'int', dims.length));
  return [{ type: 'int64', dims: [range.length] }];
};
const constantOfShape: ShapeRule = (call) => [
  {
    type: attributeOf(call.node, 'value', 'tensor', undefined)?.type ?? 'float32',
    dims: numbersOf(call, 0, 'the shape') ?? [],
  },
];
const range: ShapeRule = (call) => {
  const [start, limit, step] = [0, 1, 2].map((index) => numbersOf(call, index, 'the range')?.[0] ?? 0);
  return [{ type: inputOf(call, 0).type, dims: [Math.max(0, Math.ceil((limit - start) / step))] }];
};
const oneHot: ShapeRule = (call) => {
  const { dims } = inputOf(call, 0);
  const depth = numbersOf(call, 1, 'the depth')?.[0] ?? 0;
  const axis = axisOf(call, intOf(call.node, 'axis', -1), dims.length + 1);
  return [{ type: inputOf(call, 2).type, dims: [...dims.slice(0, axis), depth, ...dims.slice(axis)] }];
};

/** Operators that move, cut or repeat elements, and those that make shapes. */
export const movementRules: readonly (readonly [string, ShapeRule])[] = [
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Transpose', transpose],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Expand', expand],
  ['Tile', tile],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['GatherND', gatherND],
  ['Pad', pad],
  ['Shape', shape],
  ['Size', () => [{ type: 'int64', dims: [] }]],
  ['ConstantOfShape', constantOfShape],
  ['Range', range],
  ['OneHot', oneHot],
];
