import { intOf } from '../../onnx/attributes.ts';
import type { ElementType } from '../../tensor.ts';
import { cotangent, input, positiveAxis, refusal, requireNumbers } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';

/** First and last value of the element types that a quantiser gives. */
const RANGES: Partial<Record<ElementType, readonly [number, number]>> = {
  uint8: [0, 2 ** 8 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint16: [0, 2 ** 16 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** Shape in which a vector with one entry an index of the node's axis is broadcast. */
function alongAxis(c: RuleContext): readonly number[] {
  const { length } = input(c).dims;
  const axis = positiveAxis(intOf(c.node, 'axis', 1), length);
  return Array.from({ length: length - axis }, (_, index) => (index === 0 ? -1 : 1));
}

/** The scale, beside a cotangent of the node's input. */
function scaleOf(c: RuleContext): string {
  if (intOf(c.node, 'block_size', 0) !== 0) throw refusal(c, 'it has a scale a block');
  const { name, dims } = input(c, 1);
  return dims.length === 0 || dims[0] === 1 ? c.b.reshape(name, []) : c.b.reshape(name, alongAxis(c));
}

/** Bounds in the unit of x between which the rounded value is in the range of its type. */
function bounds(c: RuleContext): readonly [low: string, high: string] {
  const range = RANGES[c.outputs[0].type];
  if (range === undefined) throw refusal(c, `its values are ${c.outputs[0].type}`);
  const scales = requireNumbers(c, 1, 'scale');
  const zeros = c.inputs[2] === undefined ? [0] : requireNumbers(c, 2, 'zero point');
  const vector = (end: number) => {
    const values = scales.map((scale, index) => (end - (zeros[index] ?? zeros[0])) * scale);
    const dims = values.length === 1 ? [] : alongAxis(c).map((size) => (size === -1 ? values.length : size));
    return c.b.floats(values, dims, input(c).type);
  };
  return [vector(range[0] - 0.5), vector(range[1] + 0.5)];
}

/** q = round(x / scale) + zero: the rounding is passed through, and nothing passes where q is cut off at its range. */
const quantise: Rule = (c) => {
  const { name, type } = input(c);
  const [low, high] = bounds(c);
  const inside = c.b.mul(c.b.isGreater(name, low, type), c.b.isLess(name, high, type));
  return [c.b.mul(c.b.div(cotangent(c), scaleOf(c)), inside)];
};

/** y = (q - zero) · scale. */
const dequantise: Rule = (c) => [c.b.mul(cotangent(c), scaleOf(c))];

/**
 * Operators without a derivative that the gradient goes through by convention: roundings count as the identity, cut-off
 * ranges as in a clip. Source: Bengio, Léonard & Courville 2013, Estimating or propagating gradients through stochastic
 * neurons (the straight-through estimator); Jacob et al. 2018, section 3.
 */
export const straightThroughRules: RuleFamily = {
  QuantizeLinear: quantise,
  DequantizeLinear: dequantise,
};
