import { elementwise } from '../rule.ts';

/** y = eˣ: the derivative is y. */
export const exp = elementwise((c) => c.outputs[0].name);
