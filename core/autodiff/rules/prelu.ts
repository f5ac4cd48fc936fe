import { sumToShape } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, scalar } from '../rule.ts';

/** y = x where x > 0, else slope · x: the slope is taken at the kink. */
export const prelu: Rule = (c) => {
  const { b } = c;
  const [x, slope] = [input(c), input(c, 1)];
  const isPositive = b.op('Greater', [x.name, scalar(c, 0)]);
  const sum = (name: string, dims: readonly number[]) => sumToShape(b, name, c.outputs[0].dims, dims);
  const times = (factor: string) => b.mul(cotangent(c), factor);
  return [
    c.wanted[0] ? sum(times(b.op('Where', [isPositive, scalar(c, 1), slope.name])), x.dims) : undefined,
    c.wanted[1] ? sum(times(b.op('Where', [isPositive, scalar(c, 0), x.name])), slope.dims) : undefined,
  ];
};
