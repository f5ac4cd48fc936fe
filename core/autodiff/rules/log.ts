import { elementwise, input } from '../rule.ts';

/** y = ln x: 1 / x. */
export const log = elementwise((c) => c.b.op('Reciprocal', [input(c).name]));
