import { floatOf } from '../../onnx/attributes.ts';
import { elementwise, input, scalar } from '../rule.ts';

/** y = x where x > 0, else αx: 1 or α (α at the kink). */
export const leakyRelu = elementwise((c) => {
  const alpha = floatOf(c.node, 'alpha', 0.01);
  const isPositive = c.b.isGreater(input(c).name, scalar(c, 0), c.outputs[0].type);
  return c.b.add(c.b.mul(isPositive, scalar(c, 1 - alpha)), scalar(c, alpha));
});
