import { keptReduction } from '../reduction.ts';
import type { Rule } from '../rule.ts';
import { input } from '../rule.ts';

/** ln Σ eˣ over axes: g · exp(x - y), the softmax of x. */
export const reduceLogSumExp: Rule = (c) => {
  const { g, y } = keptReduction(c);
  return [c.b.mul(g, c.b.op('Exp', [c.b.sub(input(c).name, y)]))];
};
