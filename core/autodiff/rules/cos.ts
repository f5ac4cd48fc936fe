import { elementwise, input } from '../rule.ts';

/** y = cos x: -sin x. */
export const cos = elementwise((c) => c.b.neg(c.b.op('Sin', [input(c).name])));
