import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';

/** Joining along an axis: each input gets its slice. */
export const concat: Rule = (c) => {
  const rank = c.outputs[0].dims.length;
  const axis = positiveAxis(intOf(c.node, 'axis', 1), rank);
  let start = 0;
  return c.inputs.map((_, i) => {
    const end = start + input(c, i).dims[axis];
    const slice = c.wanted[i] ? c.b.slice(cotangent(c), axis + 1, start, end) : undefined;
    start = end;
    return slice;
  });
};
