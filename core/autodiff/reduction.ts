import { intOf, intsOf } from '../onnx/attributes.ts';
import type { Operand, RuleContext } from './rule.ts';
import { constantNumbers, cotangent, input, positiveAxis, requireNumbers } from './rule.ts';

/** Axes of a reduction counted from the end, from the attribute or (later operator sets) the second input. */
export function reducedAxes(c: RuleContext): number[] {
  const rank = input(c).dims.length;
  const given = intsOf(c.node, 'axes') ?? inputAxes(c);
  const isNoop = intOf(c.node, 'noop_with_empty_axes', 0) === 1;
  if (given.length === 0 && !isNoop) return input(c).dims.map((_, i) => i - rank);
  return given.map((axis) => positiveAxis(axis, rank) - rank).sort((p, q) => p - q);
}

function inputAxes(c: RuleContext): readonly number[] {
  return c.inputs[1] === undefined ? [] : (constantNumbers(c, 1) ?? requireNumbers(c, 1, 'list of axes'));
}

/** A tensor with one value a reduced group: its name with the reduced axes kept as 1, and the sizes. */
export interface Reduced {
  readonly axes: readonly number[];
  /** Values in one group. */
  readonly count: number;
  /** The cotangent [K, ...dims with 1 for every reduced axis]. */
  readonly g: string;
  /** The forward output in the same shape, without K. */
  readonly y: string;
  /** Repeats a cotangent of that shape over the groups: [K, ...dims]. */
  readonly spread: (name: string) => string;
}

/** Brings cotangent and output of a reduction to the shape with reduced axes kept. */
export function keptReduction(c: RuleContext): Reduced {
  const x: Operand = input(c);
  const axes = reducedAxes(c);
  const isReduced = x.dims.map((_, i) => axes.includes(i - x.dims.length));
  const kept = x.dims.map((dim, i) => (isReduced[i] ? 1 : dim));
  const count = x.dims.reduce((product, dim, i) => (isReduced[i] ? product * dim : product), 1);
  const sameRank = c.outputs[0].dims.length === x.dims.length;
  return {
    axes,
    count,
    g: sameRank ? cotangent(c) : c.b.reshape(cotangent(c), [-1, ...kept]),
    y: sameRank ? c.outputs[0].name : c.b.reshape(c.outputs[0].name, kept),
    spread: (name) => c.b.expand(name, [1, ...x.dims.map((dim, i) => (isReduced[i] ? dim : 1))]),
  };
}

/** Shares the cotangent of a maximum or minimum equally among the values that attain it, as torch.amax does. */
export function extremumVjp(c: RuleContext, beats: 'Less' | 'Greater'): readonly string[] {
  const { axes, g, y } = keptReduction(c);
  const type = c.outputs[0].type;
  const attains = c.b.cast(c.b.op('Not', [c.b.op(beats, [input(c).name, y])]), type);
  return [c.b.mul(g, c.b.div(attains, c.b.reduceSum(attains, axes)))];
}
