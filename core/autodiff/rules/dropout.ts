import type { Rule } from '../rule.ts';
import { constantNumbers, cotangent, refusal } from '../rule.ts';

/** Does nothing at inference; a node that is set to train is refused. */
export const dropout: Rule = (c) => {
  if (c.inputs[2] !== undefined && constantNumbers(c, 2)?.[0] !== 0)
    throw refusal(c, 'it is in training mode and drops values at random');
  return [cotangent(c)];
};
