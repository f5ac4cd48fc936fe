import { intsOf, stringOf } from '../../onnx/attributes.ts';
import type { AxisMatrix } from '../axis-matrix.ts';
import { applyAxes } from '../axis-matrix.ts';
import type { AttributeValue } from '../graph-builder.ts';
import { attributes } from '../graph-builder.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { constantNumbers, cotangent, input, positiveAxis, refusal, requireNumbers } from '../rule.ts';

/**
 * Resampling: a linear map on each axis in turn, for every mode (nearest, linear, cubic, antialiased) and way of
 * placing coordinates. Its matrix is read off by resizing the rows of an identity matrix.
 */
export const resize: Rule = (c) => {
  if (stringOf(c.node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    throw refusal(c, 'its keep_aspect_ratio_policy is not "stretch"');
  const { dims } = input(c);
  const scales = byAxis(c, 2, 'scales');
  const matrices = dims.flatMap((size, axis): AxisMatrix[] =>
    isUntouched(c, axis, scales?.[axis])
      ? []
      : [{ axis, transposed: axisMatrix(c, axis, size, scales?.[axis]) }],
  );
  return [applyAxes(c.b, cotangent(c), c.outputs[0].dims, dims, matrices)];
};

function isUntouched(c: RuleContext, axis: number, scale: number | undefined): boolean {
  if (stringOf(c.node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize') {
    const roi = roiOf(c, axis);
    if (roi[0] !== 0 || roi[1] !== 1) return false;
  }
  return input(c).dims[axis] === c.outputs[0].dims[axis] && (scale === undefined || scale === 1);
}

// The axis is laid along the height of one-column images, a form that every kernel supports.
function axisMatrix(c: RuleContext, axis: number, size: number, scale: number | undefined): string {
  const { b } = c;
  const type = c.outputs[0].type;
  const resized = c.outputs[0].dims[axis];
  const images = b.reshape(b.eye(size, type), [size, 1, size, 1]);
  const [start, end] = roiOf(c, axis);
  const roi = c.inputs[1] === undefined ? '' : b.floats([0, 0, start, 0, 1, 1, end, 1], [8], 'float32');
  const target =
    scale === undefined ? ['', b.ints([size, 1, resized, 1])] : [b.floats([1, 1, scale, 1], [4], 'float32')];
  const kept = new Map(
    [...c.node.attributes].filter(([name]) => name !== 'axes' && name !== 'extrapolation_value'),
  );
  const zero: Record<string, AttributeValue> = { extrapolation_value: { float: 0 } };
  const [rows] = b.node('Resize', [images, roi, ...target], new Map([...kept, ...attributes(zero)]), 1);
  return b.reshape(rows, [size, resized]);
}

function roiOf(c: RuleContext, axis: number): readonly [number, number] {
  const starts = byAxis(c, 1, 'region of interest', 0);
  const ends = byAxis(c, 1, 'region of interest', 1);
  return [starts?.[axis] ?? 0, ends?.[axis] ?? 1];
}

/** A constant input with one value an axis (or its given part, of two), spread to all axes; undefined if absent. */
function byAxis(c: RuleContext, index: number, what: string, part = 0): (number | undefined)[] | undefined {
  if (c.inputs[index] === undefined) return undefined;
  const values = constantNumbers(c, index) ?? requireNumbers(c, index, what);
  if (values.length === 0) return undefined;
  const rank = input(c).dims.length;
  const axes = intsOf(c.node, 'axes') ?? [...input(c).dims.keys()];
  const spread: (number | undefined)[] = new Array<number | undefined>(rank).fill(undefined);
  axes.forEach((axis, i) => (spread[positiveAxis(axis, rank)] = values[part * axes.length + i]));
  return spread;
}
