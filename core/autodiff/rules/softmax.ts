import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';

/** Softmax along one axis (its form since opset 13): y (g - Σ g y). */
export const softmax: Rule = (c) => {
  const { b } = c;
  const rank = input(c).dims.length;
  const axis = positiveAxis(intOf(c.node, 'axis', -1), rank) - rank;
  const y = c.outputs[0].name;
  const scaled = b.mul(cotangent(c), y);
  return [b.sub(scaled, b.mul(b.reduceSum(scaled, [axis]), y))];
};
