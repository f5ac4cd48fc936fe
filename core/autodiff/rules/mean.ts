import type { Rule } from '../rule.ts';
import { cotangent, scalar } from '../rule.ts';
import { add } from './add.ts';

/** y = (a + b + …) / n, n tensors. */
export const mean: Rule = (c) => {
  const share = c.b.mul(cotangent(c), scalar(c, 1 / c.inputs.length));
  return add({ ...c, cotangents: [share] });
};
