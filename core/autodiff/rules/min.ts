import type { Rule } from '../rule.ts';
import { extremum } from './max.ts';

/** Element-wise minimum of any number of tensors; ties share the cotangent equally. */
export const min: Rule = (c) => extremum(c, 'Greater');
