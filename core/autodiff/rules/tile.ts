import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** Repetition of the whole tensor along its axes: sums over the copies. */
export const tile: Rule = (c) => {
  const { dims } = input(c);
  const split = dims.flatMap((dim, i) => [c.outputs[0].dims[i] / dim, dim]);
  const copies = dims.map((_, i) => 2 * i - split.length);
  return [c.b.reduceSum(c.b.reshape(cotangent(c), [-1, ...split]), copies, false)];
};
