import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';

/** The k largest or smallest values of an axis: each is added back to where it came from; their numbers are integers. */
export const topK: Rule = (c) => {
  const { b } = c;
  const x = input(c);
  const axis = positiveAxis(intOf(c.node, 'axis', -1), x.dims.length) + 1;
  const g = cotangent(c);
  const indices = b.op('Expand', [c.extraOutput(1), b.op('Shape', [g])]);
  return [b.op('ScatterElements', [b.zerosLike(g, x.dims, x.type), indices, g], { axis, reduction: 'add' })];
};
