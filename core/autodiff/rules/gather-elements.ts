import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';

/** Picking single values along an axis: each is added back to where it came from. */
export const gatherElements: Rule = (c) => {
  const { b } = c;
  const x = input(c);
  const axis = positiveAxis(intOf(c.node, 'axis', 0), x.dims.length) + 1;
  const g = cotangent(c);
  const indices = b.op('Expand', [input(c, 1).name, b.op('Shape', [g])]);
  return [b.op('ScatterElements', [b.zerosLike(g, x.dims, x.type), indices, g], { axis, reduction: 'add' })];
};
