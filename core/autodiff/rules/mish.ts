import { elementwise, input, scalar } from '../rule.ts';

/** y = x · t with t = tanh(softplus(x)): t + x (1 - t²) σ(x). */
export const mish = elementwise((c) => {
  const x = input(c).name;
  const t = c.b.op('Tanh', [c.b.op('Softplus', [x])]);
  const slope = c.b.mul(c.b.sub(scalar(c, 1), c.b.mul(t, t)), c.b.op('Sigmoid', [x]));
  return c.b.add(t, c.b.mul(x, slope));
});
