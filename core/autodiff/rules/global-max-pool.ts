import { spatialSize } from '../axis-matrix.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** Maximum over all positions: the cotangent goes to the first that attains it. */
export const globalMaxPool: Rule = (c) => {
  const { b } = c;
  const { name, dims, type } = input(c);
  const positions = spatialSize(dims);
  const winner = b.op('ArgMax', [b.reshape(name, [dims[0], dims[1], positions])], { axis: 2, keepdims: 1 });
  const isWinner = b.op('Equal', [winner, b.ints(Array.from({ length: positions }, (_, i) => i))]);
  return [b.mul(cotangent(c), b.reshape(b.cast(isWinner, type), dims))];
};
