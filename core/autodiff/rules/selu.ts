import { floatOf } from '../../onnx/attributes.ts';
import { elementwise, input, scalar } from '../rule.ts';

/** y = γx where x > 0, else γα(eˣ - 1): γ, or γαeˣ = y + γα. */
export const selu = elementwise((c) => {
  const alpha = floatOf(c.node, 'alpha', 1.6732631921768188);
  const gamma = floatOf(c.node, 'gamma', 1.0507010221481323);
  const below = c.b.add(c.outputs[0].name, scalar(c, gamma * alpha));
  return c.b.op('Where', [c.b.op('Greater', [input(c).name, scalar(c, 0)]), scalar(c, gamma), below]);
});
