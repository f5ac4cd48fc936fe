import { elementwise, scalar } from '../rule.ts';

/** y = 1 / (1 + e⁻ˣ): y (1 - y), from the output so that nothing overflows. */
export const sigmoid = elementwise((c) =>
  c.b.mul(c.outputs[0].name, c.b.sub(scalar(c, 1), c.outputs[0].name)),
);
