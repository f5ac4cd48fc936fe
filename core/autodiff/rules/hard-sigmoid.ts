import { floatOf } from '../../onnx/attributes.ts';
import { elementwise, scalar } from '../rule.ts';

/** y = clip(αx + β, 0, 1): α strictly between the bounds, else 0. */
export const hardSigmoid = elementwise((c) => {
  const [y, type] = [c.outputs[0].name, c.outputs[0].type];
  const alpha = scalar(c, floatOf(c.node, 'alpha', 0.2));
  const isInside = c.b.mul(c.b.isGreater(y, scalar(c, 0), type), c.b.isLess(y, scalar(c, 1), type));
  return c.b.mul(isInside, alpha);
});
