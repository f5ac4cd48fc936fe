import { floatOf } from '../../onnx/attributes.ts';
import { elementwise, input, scalar } from '../rule.ts';

/** y = x where x > 0, else α(eˣ - 1): 1, or αeˣ = y + α. */
export const elu = elementwise((c) => {
  const below = c.b.add(c.outputs[0].name, scalar(c, floatOf(c.node, 'alpha', 1)));
  return c.b.op('Where', [c.b.op('Greater', [input(c).name, scalar(c, 0)]), scalar(c, 1), below]);
});
