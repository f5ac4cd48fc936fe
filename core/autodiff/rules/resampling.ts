import { attributes, intsOf, stringOf } from '../../onnx/attributes.ts';
import type { AttributeValue } from '../../onnx/attributes.ts';
import { applyAxes } from '../axis-matrix.ts';
import type { AxisMatrix } from '../axis-matrix.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { constantNumbers, cotangent, input, positiveAxis, refusal, requireNumbers } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';

/** A regular sample of some axes: zeros are put back between and around the values. */
const slice: Rule = (c) => {
  const dims = [...c.outputs[0].dims];
  let g = cotangent(c);
  for (const cut of cuts(c)) {
    g = unslice(c.b, g, dims, cut, input(c).dims[cut.axis]);
    dims[cut.axis] = input(c).dims[cut.axis];
  }
  return [g];
};

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
}

function cuts(c: RuleContext): Cut[] {
  const { dims } = input(c);
  const starts = requireNumbers(c, 1, 'list of starts');
  const axes = c.inputs[3] === undefined ? starts.map((_, i) => i) : requireNumbers(c, 3, 'list of axes');
  const steps =
    c.inputs[4] === undefined ? undefined : (constantNumbers(c, 4) ?? requireNumbers(c, 4, 'steps'));
  return starts.map((start, i) => {
    const axis = positiveAxis(axes[i], dims.length);
    const step = steps?.[i] ?? 1;
    const from = start < 0 ? start + dims[axis] : start;
    return { axis, step, start: Math.min(Math.max(from, 0), step > 0 ? dims[axis] : dims[axis] - 1) };
  });
}

/** One axis: [K, …, n, …] with values `step` apart from `start` on -> [K, …, size, …]. */
function unslice(b: GraphBuilder, g: string, dims: readonly number[], cut: Cut, size: number): string {
  const { axis, step } = cut;
  const count = dims[axis];
  const last = cut.start + (count - 1) * step;
  if (step < 0) {
    const reversed = b.slice(g, axis + 1, -1, -count - 1, -1);
    return unslice(b, reversed, dims, { axis, start: last, step: -step }, size);
  }
  const spaced = step === 1 ? g : insertZeros(b, g, dims, axis, step);
  const span = (count - 1) * step + step;
  const only = (pad: number) => [0, ...dims].map((_, i) => (i === axis + 1 ? pad : 0));
  return b.pad(spaced, only(cut.start), only(size - cut.start - span));
}

// Each value is followed by step - 1 zeros.
function insertZeros(
  b: GraphBuilder,
  g: string,
  dims: readonly number[],
  axis: number,
  step: number,
): string {
  const [before, after] = [dims.slice(0, axis + 1), dims.slice(axis + 1)];
  const columns = b.reshape(g, [-1, ...before, 1, ...after]);
  const none = [0, ...before, 1, ...after].map(() => 0);
  const padded = b.pad(
    columns,
    none,
    none.map((_, i) => (i === axis + 2 ? step - 1 : 0)),
  );
  return b.reshape(padded, [-1, ...dims.map((dim, i) => (i === axis ? dim * step : dim))]);
}

/**
 * Padding: with a constant, the pads are cut off again; by reflection, repetition or wrapping, each axis is a
 * linear map whose matrix is read off by padding an identity matrix. The constant gets no gradient.
 */
const pad: Rule = (c) => {
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

/**
 * Resampling: a linear map on each axis in turn, for every mode (nearest, linear, cubic, antialiased) and way of
 * placing coordinates. Its matrix is read off by resizing the rows of an identity matrix.
 */
const resize: Rule = (c) => {
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

/** What changes how many positions an axis has: cropping, padding and resizing. */
export const resamplingRules: RuleFamily = {
  Slice: slice,
  Pad: pad,
  Resize: resize,
};
