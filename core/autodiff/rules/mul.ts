import { sumToShape } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** y = a · b: each gets the cotangent times the other, summed to its shape. */
export const mul: Rule = (c) =>
  [0, 1].map((i) => {
    if (!c.wanted[i]) return undefined;
    const scaled = c.b.mul(cotangent(c), input(c, 1 - i).name);
    return sumToShape(c.b, scaled, c.outputs[0].dims, input(c, i).dims);
  });
