import type { Rule } from '../rule.ts';
import { cotangent } from '../rule.ts';

/** y = -x. */
export const neg: Rule = (c) => [c.b.neg(cotangent(c))];
