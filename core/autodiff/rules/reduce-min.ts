import { extremumVjp } from '../reduction.ts';
import type { Rule } from '../rule.ts';

/** Minimum over axes; ties share the cotangent equally. */
export const reduceMin: Rule = (c) => extremumVjp(c, 'Greater');
