import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** From one floating-point type to another: the cotangent is cast back. */
export const cast: Rule = (c) => [c.b.cast(cotangent(c), input(c).type)];
