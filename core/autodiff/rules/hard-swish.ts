import { elementwise, input, scalar } from '../rule.ts';

/** y = x · clip(x/6 + 1/2, 0, 1): 0 up to -3, 1 from 3 on, x/3 + 1/2 between. */
export const hardSwish = elementwise((c) => {
  const [x, type] = [input(c).name, c.outputs[0].type];
  const isInside = c.b.mul(c.b.isGreater(x, scalar(c, -3), type), c.b.isLess(x, scalar(c, 3), type));
  const slope = c.b.add(c.b.div(x, scalar(c, 3)), scalar(c, 0.5));
  const isAbove = c.b.cast(c.b.op('Not', [c.b.op('Less', [x, scalar(c, 3)])]), type);
  return c.b.add(c.b.mul(isInside, slope), isAbove);
});
