import { sumToShape } from '../broadcasting.ts';
import { cotangent, input, scalar } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';

/** y = a + b, and the sum of any number of tensors (Sum): each gets the cotangent, summed to its shape. */
const add: Rule = (c) =>
  c.inputs.map((operand, i) =>
    operand !== undefined && c.wanted[i]
      ? sumToShape(c.b, cotangent(c), c.outputs[0].dims, operand.dims)
      : undefined,
  );

/** y = a - b. */
const sub: Rule = (c) => {
  const sum = (index: number) => sumToShape(c.b, cotangent(c), c.outputs[0].dims, input(c, index).dims);
  return [c.wanted[0] ? sum(0) : undefined, c.wanted[1] ? c.b.neg(sum(1)) : undefined];
};

/** y = a · b: each gets the cotangent times the other, summed to its shape. */
const mul: Rule = (c) =>
  [0, 1].map((i) => {
    if (!c.wanted[i]) return undefined;
    const scaled = c.b.mul(cotangent(c), input(c, 1 - i).name);
    return sumToShape(c.b, scaled, c.outputs[0].dims, input(c, i).dims);
  });

/** y = a / b: g / b for a, -g y / b for b. */
const div: Rule = (c) => {
  const { b } = c;
  const share = (scaled: string, index: number) =>
    sumToShape(b, scaled, c.outputs[0].dims, input(c, index).dims);
  const divisor = input(c, 1).name;
  return [
    c.wanted[0] ? share(b.mul(cotangent(c), b.op('Reciprocal', [divisor])), 0) : undefined,
    c.wanted[1] ? share(b.mul(cotangent(c), b.neg(b.div(c.outputs[0].name, divisor))), 1) : undefined,
  ];
};

/** y = (a + b + …) / n, n tensors. */
const mean: Rule = (c) => {
  const share = c.b.mul(cotangent(c), scalar(c, 1 / c.inputs.length));
  return add({ ...c, cotangents: [share] });
};

/** Element-wise maximum of any number of tensors; ties share the cotangent equally, as torch.maximum does. */
const max: Rule = (c) => extremum(c, 'Less');

/** Shared by Max and Min: an operand takes part where it is not on the losing side of the output. */
function extremum(c: RuleContext, loses: 'Less' | 'Greater'): readonly (string | undefined)[] {
  const { b } = c;
  const [y, type] = [c.outputs[0].name, c.outputs[0].type];
  const attains = c.inputs.map((_, i) => b.cast(b.op('Not', [b.op(loses, [input(c, i).name, y])]), type));
  const share = b.op('Reciprocal', [attains.length === 1 ? attains[0] : b.op('Sum', attains)]);
  return c.inputs.map((_, i) => {
    if (!c.wanted[i]) return undefined;
    const part = b.mul(cotangent(c), b.mul(attains[i], share));
    return sumToShape(b, part, c.outputs[0].dims, input(c, i).dims);
  });
}

/** Element-wise minimum of any number of tensors; ties share the cotangent equally. */
const min: Rule = (c) => extremum(c, 'Greater');

/**
 * y = xᵖ: p xᵖ⁻¹ for x (0 where p = 0), y ln x for p (0 where x = 0 and p ≥ 0, the limit).
 *
 * Powers below 1 have an infinite slope at 0, which is returned as such.
 */
const pow: Rule = (c) => {
  const g = cotangent(c);
  const [x, p] = [input(c), input(c, 1)];
  const sum = (name: string, dims: readonly number[]) => sumToShape(c.b, name, c.outputs[0].dims, dims);
  return [
    c.wanted[0] ? sum(c.b.mul(g, baseSlope(c)), x.dims) : undefined,
    c.wanted[1] ? sum(c.b.mul(g, exponentSlope(c)), p.dims) : undefined,
  ];
};

function exponent(c: RuleContext): string {
  const p = input(c, 1);
  return p.type === c.outputs[0].type ? p.name : c.b.cast(p.name, c.outputs[0].type);
}

function baseSlope(c: RuleContext): string {
  const { b } = c;
  const p = exponent(c);
  const slope = b.mul(p, b.op('Pow', [input(c).name, b.sub(p, scalar(c, 1))]));
  return b.op('Where', [b.op('Equal', [p, scalar(c, 0)]), scalar(c, 0), slope]);
}

function exponentSlope(c: RuleContext): string {
  const { b } = c;
  const x = input(c).name;
  const atZero = b.op('And', [
    b.op('Equal', [x, scalar(c, 0)]),
    b.op('Not', [b.op('Less', [exponent(c), scalar(c, 0)])]),
  ]);
  return b.op('Where', [atZero, scalar(c, 0), b.mul(c.outputs[0].name, b.op('Log', [x]))]);
}

/** y = a where the condition holds, else b. */
const where: Rule = (c) => {
  const isTrue = c.b.cast(input(c).name, c.outputs[0].type);
  const share = (mask: string, index: number) =>
    sumToShape(c.b, c.b.mul(cotangent(c), mask), c.outputs[0].dims, input(c, index).dims);
  return [
    undefined,
    c.wanted[1] ? share(isTrue, 1) : undefined,
    c.wanted[2] ? share(c.b.sub(scalar(c, 1), isTrue), 2) : undefined,
  ];
};

/** Arithmetic and choice between tensors that are broadcast to one another. */
export const arithmeticRules: RuleFamily = {
  Add: add,
  Sum: add,
  Sub: sub,
  Mul: mul,
  Div: div,
  Mean: mean,
  Max: max,
  Min: min,
  Pow: pow,
  Where: where,
};
