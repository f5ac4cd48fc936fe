import { keptReduction } from '../reduction.ts';
import type { Rule } from '../rule.ts';

/** Logarithm of the sum over axes: g e⁻ʸ, repeated. */
export const reduceLogSum: Rule = (c) => {
  const { g, y, spread } = keptReduction(c);
  return [spread(c.b.mul(g, c.b.op('Exp', [c.b.neg(y)])))];
};
