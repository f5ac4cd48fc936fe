import { floatOf } from '../../onnx/attributes.ts';
import { elementwise, input, scalar } from '../rule.ts';

/** y = x where x > α, else 0: 1 or 0. */
export const thresholdedRelu = elementwise((c) =>
  c.b.isGreater(input(c).name, scalar(c, floatOf(c.node, 'alpha', 1)), c.outputs[0].type),
);
