import { sumToShape } from '../broadcasting.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, scalar } from '../rule.ts';

/**
 * y = xᵖ: p xᵖ⁻¹ for x (0 where p = 0), y ln x for p (0 where x = 0 and p ≥ 0, the limit).
 *
 * Powers below 1 have an infinite slope at 0, which is returned as such.
 */
export const pow: Rule = (c) => {
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
