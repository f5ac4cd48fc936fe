import { elementwise, input, scalar } from '../rule.ts';

/** y = min(max(x, low), high): 1 strictly between the bounds, else 0. The bounds get no gradient. */
export const clip = elementwise((c) => {
  const [x, low, high] = [input(c).name, c.inputs[1], c.inputs[2]];
  const type = c.outputs[0].type;
  const factors = [
    ...(low === undefined ? [] : [c.b.isGreater(x, low.name, type)]),
    ...(high === undefined ? [] : [c.b.isLess(x, high.name, type)]),
  ];
  if (factors.length === 2) return c.b.mul(factors[0], factors[1]);
  return factors[0] ?? scalar(c, 1);
});
