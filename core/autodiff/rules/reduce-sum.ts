import { keptReduction } from '../reduction.ts';
import type { Rule } from '../rule.ts';

/** Sum over axes: the cotangent is repeated along them. */
export const reduceSum: Rule = (c) => {
  const { g, spread } = keptReduction(c);
  return [spread(g)];
};
