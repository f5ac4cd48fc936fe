import { elementwise, scalar } from '../rule.ts';

/** y = tanh x: 1 - y². */
export const tanh = elementwise((c) => c.b.sub(scalar(c, 1), c.b.mul(c.outputs[0].name, c.outputs[0].name)));
