import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';

/** Logarithm of the softmax along one axis (its form since opset 13): g - eʸ Σ g. */
export const logSoftmax: Rule = (c) => {
  const { b } = c;
  const rank = input(c).dims.length;
  const axis = positiveAxis(intOf(c.node, 'axis', -1), rank) - rank;
  const probabilities = b.op('Exp', [c.outputs[0].name]);
  return [b.sub(cotangent(c), b.mul(b.reduceSum(cotangent(c), [axis]), probabilities))];
};
