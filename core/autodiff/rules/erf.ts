import { elementwise, input, scalar } from '../rule.ts';

/** y = erf x: 2/√π · exp(-x²). */
export const erf = elementwise((c) => {
  const x = input(c).name;
  return c.b.mul(c.b.op('Exp', [c.b.neg(c.b.mul(x, x))]), scalar(c, 2 / Math.sqrt(Math.PI)));
});
