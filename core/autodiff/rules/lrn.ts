import { floatOf, intOf } from '../../onnx/attributes.ts';
import { spatialSize } from '../axis-matrix.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, scalar } from '../rule.ts';

/**
 * Local response normalisation y = x B⁻ᵝ, B = bias + α/n Σ x² over n neighbouring channels:
 * g B⁻ᵝ - 2αβ/n · x · (windowᵀ of g x B⁻ᵝ⁻¹). The window is a banded matrix on the channels.
 */
export const lrn: Rule = (c) => {
  const { b } = c;
  const { name, dims } = input(c);
  const size = intOf(c.node, 'size', 1);
  const ratio = floatOf(c.node, 'alpha', 1e-4) / size;
  const beta = floatOf(c.node, 'beta', 0.75);
  const flat = [dims[0], dims[1], spatialSize(dims)];
  const x = b.reshape(name, flat);
  const g = b.reshape(cotangent(c), [-1, ...flat]);
  const sums = b.matMul(band(c, dims[1], size, 'window'), b.mul(x, x));
  const base = b.add(b.mul(sums, scalar(c, ratio)), scalar(c, floatOf(c.node, 'bias', 1)));
  const power = b.op('Pow', [base, scalar(c, -beta)]);
  const inner = b.mul(g, b.div(b.mul(x, power), base));
  const spread = b.matMul(band(c, dims[1], size, 'adjoint'), inner);
  const gx = b.sub(b.mul(g, power), b.mul(spread, b.mul(x, scalar(c, 2 * ratio * beta))));
  return [b.reshape(gx, [-1, ...dims])];
};

// Row i of the window sums channels i - ⌊(n-1)/2⌋ … i + ⌈(n-1)/2⌉.
function band(c: RuleContext, channels: number, size: number, kind: 'window' | 'adjoint'): string {
  const before = Math.floor((size - 1) / 2);
  const after = size - 1 - before;
  const [below, above] = kind === 'window' ? [before, after] : [after, before];
  const values = new Float32Array(channels * channels);
  for (let i = 0; i < channels; i++)
    for (let j = Math.max(0, i - below); j <= Math.min(channels - 1, i + above); j++)
      values[i * channels + j] = 1;
  return c.b.floats(values, [channels, channels], c.outputs[0].type);
}
