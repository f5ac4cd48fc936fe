import { elementwise, input } from '../rule.ts';

/** y = |x|: the sign of x, 0 at 0. */
export const abs = elementwise((c) => c.b.op('Sign', [input(c).name]));
