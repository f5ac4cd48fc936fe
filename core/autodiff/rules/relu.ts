import { elementwise, scalar } from '../rule.ts';

/** y = max(x, 0): 1 where y > 0, and 0 at the kink. */
export const relu = elementwise((c) => c.b.isGreater(c.outputs[0].name, scalar(c, 0), c.outputs[0].type));
