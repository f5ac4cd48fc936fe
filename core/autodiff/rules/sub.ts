import { sumToShape } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** y = a - b. */
export const sub: Rule = (c) => {
  const sum = (index: number) => sumToShape(c.b, cotangent(c), c.outputs[0].dims, input(c, index).dims);
  return [c.wanted[0] ? sum(0) : undefined, c.wanted[1] ? c.b.neg(sum(1)) : undefined];
};
