import { keptReduction } from '../reduction.ts';
import type { Rule } from '../rule.ts';
import { input } from '../rule.ts';

/** Sum of absolute values over axes: g · sign(x). */
export const reduceL1: Rule = (c) => [c.b.mul(keptReduction(c).g, c.b.op('Sign', [input(c).name]))];
