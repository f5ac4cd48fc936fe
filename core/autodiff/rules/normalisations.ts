import { floatOf, intOf } from '../../onnx/attributes.ts';
import { spatialSize } from '../axis-matrix.ts';
import type { ElementType } from '../../tensor.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { cotangent, input, positiveAxis, refusal, scalar } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';

/** A centred and scaled tensor x̂ = (x - mean) · inverseStd, and the factor itself. */
interface Normalized {
  readonly xHat: string;
  readonly inverseStd: string;
}

/** x̂ and 1/√(variance + ε) of x over `axes` (negative), as every normalisation layer computes them. */
function normalize(
  b: GraphBuilder,
  x: string,
  axes: readonly number[],
  epsilon: number,
  type: ElementType,
): Normalized {
  const centred = b.sub(x, b.reduceMean(x, axes));
  const variance = b.reduceMean(b.mul(centred, centred), axes);
  const inverseStd = b.op('Reciprocal', [b.op('Sqrt', [b.add(variance, b.scalar(epsilon, type))])]);
  return { xHat: b.mul(centred, inverseStd), inverseStd };
}

/**
 * Cotangent of x from the cotangent of x̂: (g - mean(g) - x̂ · mean(g · x̂)) / std, means over `axes`.
 *
 * Source   Ioffe & Szegedy 2015, section 3, with the sums over the normalised axes.
 */
function normalizedVjp(
  b: GraphBuilder,
  g: string,
  { xHat, inverseStd }: Normalized,
  axes: readonly number[],
): string {
  const along = b.mul(xHat, b.reduceMean(b.mul(g, xHat), axes));
  return b.mul(b.sub(b.sub(g, b.reduceMean(g, axes)), along), inverseStd);
}

/** At inference an affine map of each channel: g · scale / √(variance + ε). Statistics get no gradient. */
const batchNormalization: Rule = (c) => {
  if (intOf(c.node, 'training_mode', 0) !== 0)
    throw refusal(c, 'it is in training mode, where images of a batch depend on one another');
  const { b } = c;
  const [x, scale, variance] = [input(c), input(c, 1), input(c, 4)];
  const std = b.op('Sqrt', [b.add(variance.name, scalar(c, floatOf(c.node, 'epsilon', 1e-5)))]);
  const slope = b.div(scale.name, std);
  const spatial = x.dims.slice(2).map(() => 1);
  return [b.mul(cotangent(c), b.reshape(slope, [-1, ...spatial]))];
};

/** Normalisation over the positions of each image and channel, then scale and shift (which get no gradient). */
const instanceNormalization: Rule = (c) => {
  const { name, dims, type } = input(c);
  const axes = dims.slice(2).map((_, i) => i + 2 - dims.length);
  const normalized = normalize(c.b, name, axes, floatOf(c.node, 'epsilon', 1e-5), type);
  const scale = c.b.reshape(input(c, 1).name, [-1, ...axes.map(() => 1)]);
  return [normalizedVjp(c.b, c.b.mul(cotangent(c), scale), normalized, axes)];
};

/**
 * Normalisation over groups of channels and all positions, then scale and shift (which get no gradient).
 *
 * The scale has one value a channel since opset 21, and one a group before.
 */
const groupNormalization: Rule = (c) => {
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

/** Normalisation over the axes from `axis` on, then scale and shift (which get no gradient). */
const layerNormalization: Rule = (c) => {
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

/**
 * Local response normalisation y = x B⁻ᵝ, B = bias + α/n Σ x² over n neighbouring channels:
 * g B⁻ᵝ - 2αβ/n · x · (windowᵀ of g x B⁻ᵝ⁻¹). The window is a banded matrix on the channels.
 */
const lrn: Rule = (c) => {
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

/** Normalisation layers. */
export const normalisationRules: RuleFamily = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  LRN: lrn,
};
