import { sumToShape } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, scalar } from '../rule.ts';

/** y = a where the condition holds, else b. */
export const where: Rule = (c) => {
  const isTrue = c.b.cast(input(c).name, c.outputs[0].type);
  const share = (mask: string, index: number) =>
    sumToShape(c.b, c.b.mul(cotangent(c), mask), c.outputs[0].dims, input(c, index).dims);
  return [
    undefined,
    c.wanted[1] ? share(isTrue, 1) : undefined,
    c.wanted[2] ? share(c.b.sub(scalar(c, 1), isTrue), 2) : undefined,
  ];
};
