import { floatOf, intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, refusal, scalar } from '../rule.ts';

/** At inference an affine map of each channel: g · scale / √(variance + ε). Statistics get no gradient. */
export const batchNormalization: Rule = (c) => {
  if (intOf(c.node, 'training_mode', 0) !== 0)
    throw refusal(c, 'it is in training mode, where images of a batch depend on one another');
  const { b } = c;
  const [x, scale, variance] = [input(c), input(c, 1), input(c, 4)];
  const std = b.op('Sqrt', [b.add(variance.name, scalar(c, floatOf(c.node, 'epsilon', 1e-5)))]);
  const slope = b.div(scale.name, std);
  const spatial = x.dims.slice(2).map(() => 1);
  return [b.mul(cotangent(c), b.reshape(slope, [-1, ...spatial]))];
};
