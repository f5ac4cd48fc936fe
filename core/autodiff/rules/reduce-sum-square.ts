import { keptReduction } from '../reduction.ts';
import type { Rule } from '../rule.ts';
import { input, scalar } from '../rule.ts';

/** Sum of squares over axes: 2 g x. */
export const reduceSumSquare: Rule = (c) => [
  c.b.mul(keptReduction(c).g, c.b.mul(input(c).name, scalar(c, 2))),
];
