import { intsOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** A permutation of the axes: the inverse permutation, one to the right of K. */
export const transpose: Rule = (c) => {
  const rank = input(c).dims.length;
  const perm = intsOf(c.node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const inverse = Array.from({ length: rank }, (_, axis) => perm.indexOf(axis) + 1);
  return [c.b.transpose(cotangent(c), [0, ...inverse])];
};
