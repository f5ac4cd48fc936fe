import { keptReduction } from '../reduction.ts';
import type { Rule } from '../rule.ts';
import { scalar } from '../rule.ts';

/** Mean over axes: the cotangent, divided by the number of values, is repeated along them. */
export const reduceMean: Rule = (c) => {
  const { g, count, spread } = keptReduction(c);
  return [spread(c.b.mul(g, scalar(c, 1 / count)))];
};
