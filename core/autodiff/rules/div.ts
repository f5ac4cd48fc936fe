import { sumToShape } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** y = a / b: g / b for a, -g y / b for b. */
export const div: Rule = (c) => {
  const { b } = c;
  const share = (scaled: string, index: number) =>
    sumToShape(b, scaled, c.outputs[0].dims, input(c, index).dims);
  const divisor = input(c, 1).name;
  return [
    c.wanted[0] ? share(b.mul(cotangent(c), b.op('Reciprocal', [divisor])), 0) : undefined,
    c.wanted[1] ? share(b.mul(cotangent(c), b.neg(b.div(c.outputs[0].name, divisor))), 1) : undefined,
  ];
};
