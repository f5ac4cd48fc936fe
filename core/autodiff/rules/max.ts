import { sumToShape } from '../broadcasting.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** Element-wise maximum of any number of tensors; ties share the cotangent equally, as torch.maximum does. */
export const max: Rule = (c) => extremum(c, 'Less');

/** Shared by Max and Min: an operand takes part where it is not on the losing side of the output. */
export function extremum(c: RuleContext, loses: 'Less' | 'Greater'): readonly (string | undefined)[] {
  const { b } = c;
  const [y, type] = [c.outputs[0].name, c.outputs[0].type];
  const attains = c.inputs.map((_, i) => b.cast(b.op('Not', [b.op(loses, [input(c, i).name, y])]), type));
  const share = b.op('Reciprocal', [attains.length === 1 ? attains[0] : b.op('Sum', attains)]);
  return c.inputs.map((_, i) => {
    if (!c.wanted[i]) return undefined;
    const part = b.mul(cotangent(c), b.mul(attains[i], share));
    return sumToShape(b, part, c.outputs[0].dims, input(c, i).dims);
  });
}
