import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, positiveAxis, requireNumbers } from '../rule.ts';

/** Running sum along an axis: the running sum of the cotangent from the other end. */
export const cumSum: Rule = (c) => {
  const axis = positiveAxis(requireNumbers(c, 1, 'axis')[0], input(c).dims.length) + 1;
  const reverse = intOf(c.node, 'reverse', 0) === 0 ? 1 : 0;
  const exclusive = intOf(c.node, 'exclusive', 0);
  return [c.b.op('CumSum', [cotangent(c), c.b.ints([axis], [])], { reverse, exclusive })];
};
