import { floatOf } from '../../onnx/attributes.ts';
import { elementwise, input, scalar } from '../rule.ts';

/** y = x where x > 0, else α(exp(x/α) - 1): 1, or exp(x/α) = y/α + 1. */
export const celu = elementwise((c) => {
  const alpha = floatOf(c.node, 'alpha', 1);
  const below = c.b.add(c.b.div(c.outputs[0].name, scalar(c, alpha)), scalar(c, 1));
  return c.b.op('Where', [c.b.op('Greater', [input(c).name, scalar(c, 0)]), scalar(c, 1), below]);
});
