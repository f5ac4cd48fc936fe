import { intOf } from '../../onnx/attributes.ts';
import { normalizedVjp } from '../normalized.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';

/** Normalisation over the axes from `axis` on, then scale and shift (which get no gradient). */
export const layerNormalization: Rule = (c) => {
  const { b } = c;
  const x = input(c);
  const rank = x.dims.length;
  const first = positiveAxis(intOf(c.node, 'axis', -1), rank);
  const axes = x.dims.slice(first).map((_, i) => first + i - rank);
  const inverseStd = c.extraOutput(2);
  const xHat = b.mul(b.sub(x.name, c.extraOutput(1)), inverseStd);
  const scaled = b.mul(cotangent(c), input(c, 1).name);
  return [normalizedVjp(b, scaled, { xHat, inverseStd }, axes)];
};
