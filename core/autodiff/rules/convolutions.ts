import { intOf, intsOf, stringOf } from '../../onnx/attributes.ts';
import { mergeBatch } from '../axis-matrix.ts';
import { cotangent, input } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';
import { conv } from './conv.ts';

/** Transposed convolution: its adjoint is the convolution with the same weights and geometry. */
const convTranspose: Rule = (c) => {
  const { b } = c;
  const [x, weight] = [input(c), input(c, 1)];
  const kernel = weight.dims.slice(2);
  const strides = intsOf(c.node, 'strides') ?? kernel.map(() => 1);
  const dilations = intsOf(c.node, 'dilations') ?? kernel.map(() => 1);
  const begins = padBegins(c, kernel, strides, dilations);
  const y = c.outputs[0].dims.slice(2);
  // Fit the window grid exactly to x; a negative pad at the end crops what no input value reaches.
  const ends = kernel.map(
    (size, i) => strides[i] * (x.dims[i + 2] - 1) + dilations[i] * (size - 1) + 1 - begins[i] - y[i],
  );
  const g = mergeBatch(b, cotangent(c), c.outputs[0].dims);
  const padded = b.pad(g, [0, 0, ...begins], [0, 0, ...ends]);
  const group = intOf(c.node, 'group', 1);
  const gx = b.op('Conv', [padded, weight.name], { group, strides, dilations });
  return [b.reshape(gx, [-1, ...x.dims])];
};

function padBegins(
  c: RuleContext,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): readonly number[] {
  const mode = stringOf(c.node, 'auto_pad', 'NOTSET');
  const asked = intsOf(c.node, 'output_shape');
  const isSame = mode === 'SAME_UPPER' || mode === 'SAME_LOWER';
  if (!isSame && (asked === undefined || asked.length === 0))
    return (
      (mode === 'VALID' ? undefined : intsOf(c.node, 'pads'))?.slice(0, kernel.length) ?? kernel.map(() => 0)
    );
  const extra = intsOf(c.node, 'output_padding') ?? kernel.map(() => 0);
  return kernel.map((size, i) => {
    const natural = strides[i] * (input(c).dims[i + 2] - 1) + extra[i] + dilations[i] * (size - 1) + 1;
    const total = Math.max(0, natural - c.outputs[0].dims[i + 2]);
    return mode === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
}

/** Convolution and its transpose. */
export const convolutionRules: RuleFamily = {
  Conv: conv,
  ConvTranspose: convTranspose,
};
