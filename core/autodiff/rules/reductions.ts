import { intOf, intsOf } from '../../onnx/attributes.ts';
import { constantNumbers, cotangent, input, positiveAxis, requireNumbers, scalar } from '../rule.ts';
import type { Operand, Rule, RuleContext, RuleFamily } from '../rule.ts';

/** Axes of a reduction counted from the end, from the attribute or (later operator sets) the second input. */
function reducedAxes(c: RuleContext): number[] {
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
interface Reduced {
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
function keptReduction(c: RuleContext): Reduced {
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
function extremumVjp(c: RuleContext, beats: 'Less' | 'Greater'): readonly string[] {
  const { axes, g, y } = keptReduction(c);
  const type = c.outputs[0].type;
  const attains = c.b.cast(c.b.op('Not', [c.b.op(beats, [input(c).name, y])]), type);
  return [c.b.mul(g, c.b.div(attains, c.b.reduceSum(attains, axes)))];
}

/** Sum over axes: the cotangent is repeated along them. */
const reduceSum: Rule = (c) => {
  const { g, spread } = keptReduction(c);
  return [spread(g)];
};

/** Mean over axes: the cotangent, divided by the number of values, is repeated along them. */
const reduceMean: Rule = (c) => {
  const { g, count, spread } = keptReduction(c);
  return [spread(c.b.mul(g, scalar(c, 1 / count)))];
};

/** Maximum over axes; ties share the cotangent equally. */
const reduceMax: Rule = (c) => extremumVjp(c, 'Less');

/** Minimum over axes; ties share the cotangent equally. */
const reduceMin: Rule = (c) => extremumVjp(c, 'Greater');

/** Sum of absolute values over axes: g · sign(x). */
const reduceL1: Rule = (c) => [c.b.mul(keptReduction(c).g, c.b.op('Sign', [input(c).name]))];

/** Euclidean norm over axes: g · x / y, and 0 for a zero vector. */
const reduceL2: Rule = (c) => {
  const { b } = c;
  const { g, y } = keptReduction(c);
  const isZero = b.cast(b.op('Not', [b.op('Greater', [y, scalar(c, 0)])]), c.outputs[0].type);
  return [b.mul(g, b.div(input(c).name, b.add(y, isZero)))];
};

/** Sum of squares over axes: 2 g x. */
const reduceSumSquare: Rule = (c) => [c.b.mul(keptReduction(c).g, c.b.mul(input(c).name, scalar(c, 2)))];

/** Logarithm of the sum over axes: g e⁻ʸ, repeated. */
const reduceLogSum: Rule = (c) => {
  const { g, y, spread } = keptReduction(c);
  return [spread(c.b.mul(g, c.b.op('Exp', [c.b.neg(y)])))];
};

/** ln Σ eˣ over axes: g · exp(x - y), the softmax of x. */
const reduceLogSumExp: Rule = (c) => {
  const { g, y } = keptReduction(c);
  return [c.b.mul(g, c.b.op('Exp', [c.b.sub(input(c).name, y)]))];
};

/** Running sum along an axis: the running sum of the cotangent from the other end. */
const cumSum: Rule = (c) => {
  const axis = positiveAxis(requireNumbers(c, 1, 'axis')[0], input(c).dims.length) + 1;
  const reverse = intOf(c.node, 'reverse', 0) === 0 ? 1 : 0;
  const exclusive = intOf(c.node, 'exclusive', 0);
  return [c.b.op('CumSum', [cotangent(c), c.b.ints([axis], [])], { reverse, exclusive })];
};

/** Sums, means, norms and extremes over axes, and the running sum. */
export const reductionRules: RuleFamily = {
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  ReduceMax: reduceMax,
  ReduceMin: reduceMin,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceSumSquare: reduceSumSquare,
  ReduceLogSum: reduceLogSum,
  ReduceLogSumExp: reduceLogSumExp,
  CumSum: cumSum,
};
