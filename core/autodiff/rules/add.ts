import { sumToShape } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import { cotangent } from '../rule.ts';

/** y = a + b, and the sum of any number of tensors (Sum): each gets the cotangent, summed to its shape. */
export const add: Rule = (c) =>
  c.inputs.map((operand, i) =>
    operand !== undefined && c.wanted[i]
      ? sumToShape(c.b, cotangent(c), c.outputs[0].dims, operand.dims)
      : undefined,
  );
