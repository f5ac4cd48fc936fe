import { keptReduction } from '../reduction.ts';
import type { Rule } from '../rule.ts';
import { input, scalar } from '../rule.ts';

/** Euclidean norm over axes: g · x / y, and 0 for a zero vector. */
export const reduceL2: Rule = (c) => {
  const { b } = c;
  const { g, y } = keptReduction(c);
  const isZero = b.cast(b.op('Not', [b.op('Greater', [y, scalar(c, 0)])]), c.outputs[0].type);
  return [b.mul(g, b.div(input(c).name, b.add(y, isZero)))];
};
