import { floatOf } from '../../onnx/attributes.ts';
import { normalize, normalizedVjp } from '../normalized.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** Normalisation over the positions of each image and channel, then scale and shift (which get no gradient). */
export const instanceNormalization: Rule = (c) => {
  const { name, dims, type } = input(c);
  const axes = dims.slice(2).map((_, i) => i + 2 - dims.length);
  const normalized = normalize(c.b, name, axes, floatOf(c.node, 'epsilon', 1e-5), type);
  const scale = c.b.reshape(input(c, 1).name, [-1, ...axes.map(() => 1)]);
  return [normalizedVjp(c.b, c.b.mul(cotangent(c), scale), normalized, axes)];
};
