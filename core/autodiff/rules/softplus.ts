import { elementwise, input } from '../rule.ts';

/** y = ln(1 + eˣ): the logistic function of x. */
export const softplus = elementwise((c) => c.b.op('Sigmoid', [input(c).name]));
