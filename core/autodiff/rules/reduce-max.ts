import { extremumVjp } from '../reduction.ts';
import type { Rule } from '../rule.ts';

/** Maximum over axes; ties share the cotangent equally. */
export const reduceMax: Rule = (c) => extremumVjp(c, 'Less');
