import { sumToShape } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** Repetition by broadcasting: sums over what was repeated. */
export const expand: Rule = (c) => [sumToShape(c.b, cotangent(c), c.outputs[0].dims, input(c).dims)];
