import { stringOf } from '../../onnx/attributes.ts';
import type { AxisMatrix } from '../axis-matrix.ts';
import { applyAxes } from '../axis-matrix.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, positiveAxis, requireNumbers } from '../rule.ts';

/**
 * Padding: with a constant, the pads are cut off again; by reflection, repetition or wrapping, each axis is a
 * linear map whose matrix is read off by padding an identity matrix. The constant gets no gradient.
 */
export const pad: Rule = (c) => {
  const mode = stringOf(c.node, 'mode', 'constant');
  const { begins, ends } = padsByAxis(c);
  if (mode === 'constant')
    return [c.b.pad(cotangent(c), [0, ...begins.map((n) => -n)], [0, ...ends.map((n) => -n)])];
  const { dims } = input(c);
  const matrices = dims.flatMap((size, axis): AxisMatrix[] => {
    if (begins[axis] === 0 && ends[axis] === 0) return [];
    const pads = c.b.ints([0, begins[axis], 0, ends[axis]]);
    return [{ axis, transposed: c.b.op('Pad', [c.b.eye(size, c.outputs[0].type), pads], { mode }) }];
  });
  return [applyAxes(c.b, cotangent(c), c.outputs[0].dims, dims, matrices)];
};

function padsByAxis(c: RuleContext): { begins: number[]; ends: number[] } {
  const rank = input(c).dims.length;
  const pads = requireNumbers(c, 1, 'list of pads');
  const axes = c.inputs[3] === undefined ? [...input(c).dims.keys()] : requireNumbers(c, 3, 'list of axes');
  const begins = new Array<number>(rank).fill(0);
  const ends = new Array<number>(rank).fill(0);
  axes.forEach((given, i) => {
    const axis = positiveAxis(given, rank);
    begins[axis] = pads[i];
    ends[axis] = pads[i + axes.length];
  });
  return { begins, ends };
}
