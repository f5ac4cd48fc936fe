import { intOf } from '../attributes.ts';
import { axisOf, inputOf, numbersOf, parameterOf, refuse } from './rule.ts';
import type { NodeCall, ShapeRule } from './rule.ts';

/** The axes a Reduce operator sums over, counted from the front. */
export function reducedAxes(call: NodeCall): readonly number[] {
  const { dims } = inputOf(call, 0);
  const axes = parameterOf(call, 'axes', 1);
  if (axes?.length) return axes.map((axis) => axisOf(call, axis, dims.length));
  return intOf(call.node, 'noop_with_empty_axes', 0) ? [] : dims.map((_, axis) => axis);
}

/** Shape after the axes were reduced, kept with size 1 or dropped. */
function reducedDims(dims: readonly number[], axes: readonly number[], keep: boolean): readonly number[] {
  const kept = dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return keep ? kept : kept.filter((_, axis) => !axes.includes(axis));
}

const reduce: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  return [{ type, dims: reducedDims(dims, reducedAxes(call), intOf(call.node, 'keepdims', 1) === 1) }];
};

const argReduce: ShapeRule = (call) => {
  const { dims } = inputOf(call, 0);
  const axis = axisOf(call, intOf(call.node, 'axis', 0), dims.length);
  return [{ type: 'int64', dims: reducedDims(dims, [axis], intOf(call.node, 'keepdims', 1) === 1) }];
};

const topK: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const axis = axisOf(call, intOf(call.node, 'axis', -1), dims.length);
  const k = call.inputs[1] ? numbersOf(call, 1, 'k')?.[0] : intOf(call.node, 'k', -1);
  if (k === undefined || k < 0) refuse(call, 'k is missing');
  const top = dims.map((size, index) => (index === axis ? k : size));
  return [
    { type, dims: top },
    { type: 'int64', dims: top },
  ];
};

/** Operators that reduce axes. */
export const reductionRules: readonly (readonly [string, ShapeRule])[] = [
  ...['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'].map(
    (name) => [`Reduce${name}`, reduce] as const,
  ),
  ['ArgMax', argReduce],
  ['ArgMin', argReduce],
  ['TopK', topK],
];
