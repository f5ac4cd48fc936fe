import { elementwise, input, scalar } from '../rule.ts';

/** y = x / (1 + |x|): 1 / (1 + |x|)². */
export const softsign = elementwise((c) => {
  const inverse = c.b.op('Reciprocal', [c.b.add(c.b.op('Abs', [input(c).name]), scalar(c, 1))]);
  return c.b.mul(inverse, inverse);
});
