import { elementwise, input } from '../rule.ts';

/** y = sin x: cos x. */
export const sin = elementwise((c) => c.b.op('Cos', [input(c).name]));
