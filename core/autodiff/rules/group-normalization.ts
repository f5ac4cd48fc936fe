import { floatOf, intOf } from '../../onnx/attributes.ts';
import { normalize, normalizedVjp } from '../normalized.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/**
 * Normalisation over groups of channels and all positions, then scale and shift (which get no gradient).
 *
 * The scale has one value a channel since opset 21, and one a group before.
 */
export const groupNormalization: Rule = (c) => {
  const { b } = c;
  const { name, dims, type } = input(c);
  const groups = intOf(c.node, 'num_groups', 1);
  const grouped = [dims[0], groups, dims[1] / groups, ...dims.slice(2)];
  const axes = grouped.slice(2).map((_, i) => i + 2 - grouped.length);
  const epsilon = floatOf(c.node, 'epsilon', 1e-5);
  const normalized = normalize(b, b.reshape(name, grouped), axes, epsilon, type);
  const scale = input(c, 1);
  const isPerChannel = scale.dims[0] === dims[1];
  const scaleDims = [groups, isPerChannel ? dims[1] / groups : 1, ...dims.slice(2).map(() => 1)];
  const scaled = b.mul(b.reshape(cotangent(c), [-1, ...grouped]), b.reshape(scale.name, scaleDims));
  return [b.reshape(normalizedVjp(b, scaled, normalized, axes), [-1, ...dims])];
};
