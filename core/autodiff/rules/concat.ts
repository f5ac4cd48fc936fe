import { intOf } from '../../onnx/attributes.ts';
import { mapParts } from '../phases.ts';
import type { Cotangent } from '../phases.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';

/** Joining along an axis: each input gets its slice. */
export const concat: Rule = (c) => {
  const rank = c.outputs[0].dims.length;
  const axis = positiveAxis(intOf(c.node, 'axis', 1), rank);
  let start = 0;
  return c.inputs.map((_, i) => {
    const end = start + input(c, i).dims[axis];
    const slice = c.wanted[i] ? sliceOf(c, axis, start, end) : undefined;
    start = end;
    return slice;
  });
};

function sliceOf(c: RuleContext, axis: number, start: number, end: number): Cotangent {
  if (axis !== 1) return c.b.slice(cotangent(c), axis + 1, start, end);
  const channels = (g: string) => c.b.channels(g, start, end);
  return c.phases === undefined ? channels(cotangent(c)) : mapParts(c.phases, channels);
}
