import { elementwise } from '../rule.ts';

/** y = 1 / x: -y². */
export const reciprocal = elementwise((c) => c.b.neg(c.b.mul(c.outputs[0].name, c.outputs[0].name)));
