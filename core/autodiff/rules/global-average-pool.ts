import { spatialSize } from '../axis-matrix.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, scalar } from '../rule.ts';

/** Mean over all positions: each position gets its share of the cotangent. */
export const globalAveragePool: Rule = (c) => {
  const { dims } = input(c);
  const share = c.b.mul(cotangent(c), scalar(c, 1 / spatialSize(dims)));
  return [c.b.expand(share, [1, 1, 1, ...dims.slice(2)])];
};
