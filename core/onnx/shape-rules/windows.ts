import { attributeOf, intOf, intsOf, stringOf } from '../attributes.ts';
import { inputOf, numbersOf, refuse } from './rule.ts';
import type { NodeCall, ShapeRule } from './rule.ts';

/** Kernel, strides, dilations and pads of a sliding-window operator, one entry a spatial axis (pads: begins, ends). */
interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly autoPad: string;
}

function windowOf({ node }: NodeCall, kernel: readonly number[]): Window {
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: intsOf(node, 'strides') ?? ones,
    dilations: intsOf(node, 'dilations') ?? ones,
    pads: intsOf(node, 'pads') ?? [...ones, ...ones].map(() => 0),
    autoPad: stringOf(node, 'auto_pad', 'NOTSET'),
  };
}

function slideOver(size: number, axis: number, window: Window, ceilMode: boolean): number {
  const { kernel, strides, dilations, pads, autoPad } = window;
  const stride = strides[axis];
  if (autoPad.startsWith('SAME')) return Math.ceil(size / stride);
  const [before, after] = autoPad === 'VALID' ? [0, 0] : [pads[axis], pads[axis + kernel.length]];
  const span = (kernel[axis] - 1) * dilations[axis] + 1;
  const steps = (size + before + after - span) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  // A window that would start in the padding after the data is left out, as torch and ONNX Runtime do.
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

const conv: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const weights = inputOf(call, 1).dims;
  const channels = weights[1] * intOf(call.node, 'group', 1);
  if (dims[1] !== channels) refuse(call, `it is given ${dims[1]} channels and has weights for ${channels}`);
  const window = windowOf(call, weights.slice(2));
  const spatial = dims.slice(2).map((size, axis) => slideOver(size, axis, window, false));
  return [{ type, dims: [dims[0], weights[0], ...spatial] }];
};

const convTranspose: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const weights = inputOf(call, 1).dims;
  const { kernel, strides, dilations, pads, autoPad } = windowOf(call, weights.slice(2));
  const given = intsOf(call.node, 'output_shape');
  const extra = intsOf(call.node, 'output_padding');
  const grown = dims.slice(2).map((size, axis) => {
    if (autoPad.startsWith('SAME')) return size * strides[axis];
    const padding = autoPad === 'VALID' ? 0 : pads[axis] + pads[axis + kernel.length];
    return (
      strides[axis] * (size - 1) + (extra?.[axis] ?? 0) + (kernel[axis] - 1) * dilations[axis] + 1 - padding
    );
  });
  const channels = weights[1] * intOf(call.node, 'group', 1);
  return [{ type, dims: [dims[0], channels, ...(given?.slice(-kernel.length) ?? grown)] }];
};

const pool: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const kernel = intsOf(call.node, 'kernel_shape') ?? refuse(call, 'it has no kernel_shape');
  const window = windowOf(call, kernel);
  const ceilMode = intOf(call.node, 'ceil_mode', 0) === 1;
  const spatial = dims.slice(2).map((size, axis) => slideOver(size, axis, window, ceilMode));
  const pooled = [...dims.slice(0, 2), ...spatial];
  return [
    { type, dims: pooled },
    { type: 'int64', dims: pooled },
  ];
};

const globalPool: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  return [{ type, dims: dims.map((size, axis) => (axis < 2 ? size : 1)) }];
};

/** Sizes under "not_larger" and "not_smaller": one scale for all resized axes. */
function proportionalSizes(
  call: NodeCall,
  from: readonly number[],
  to: readonly number[],
): readonly number[] {
  const policy = stringOf(call.node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return to;
  const ratios = to.map((size, index) => size / from[index]);
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return from.map((size) => Math.round(size * scale));
}

const resize: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const oldForm = call.node.opType === 'Upsample' || call.opset < 11;
  const axes =
    intsOf(call.node, 'axes')?.map((axis) => (axis < 0 ? axis + dims.length : axis)) ??
    dims.map((_, axis) => axis);
  const sizes = oldForm ? undefined : numbersOf(call, 3, 'the target size');
  const scales =
    attributeOf(call.node, 'scales', 'floats', undefined) ?? numbersOf(call, oldForm ? 1 : 2, 'the scale');
  const from = axes.map((axis) => dims[axis]);
  const to = sizes?.length
    ? proportionalSizes(call, from, sizes)
    : scales?.map((scale, index) => Math.floor(from[index] * scale));
  if (!to) refuse(call, 'neither scales nor sizes are given');
  const resized = [...dims];
  axes.forEach((axis, index) => (resized[axis] = to[index]));
  return [{ type, dims: resized }];
};

const depthToSpace: ShapeRule = (call) => {
  const {
    type,
    dims: [batch, channels, height, width],
  } = inputOf(call, 0);
  const block = intOf(call.node, 'blocksize', 1);
  return [{ type, dims: [batch, channels / block ** 2, height * block, width * block] }];
};
const spaceToDepth: ShapeRule = (call) => {
  const {
    type,
    dims: [batch, channels, height, width],
  } = inputOf(call, 0);
  const block = intOf(call.node, 'blocksize', 1);
  return [{ type, dims: [batch, channels * block ** 2, height / block, width / block] }];
};

const gridSample: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  return [{ type, dims: [...dims.slice(0, 2), ...inputOf(call, 1).dims.slice(1, -1)] }];
};

const convInteger: ShapeRule = (call) => conv(call).map((fact) => ({ ...fact, type: 'int32' }));

/** Overlapping blocks [N, C · block, positions] added up to a picture. */
const col2im: ShapeRule = (call) => {
  const {
    type,
    dims: [batch, columns],
  } = inputOf(call, 0);
  const image = numbersOf(call, 1, 'the size of the picture') ?? refuse(call, 'it has no picture size');
  const block = numbersOf(call, 2, 'the size of the blocks') ?? refuse(call, 'it has no block size');
  const area = block.reduce((product, size) => product * size, 1);
  return [{ type, dims: [batch, columns / area, ...image] }];
};

/** Operators that slide a window over, or resample, the spatial axes of [N, C, ...]. */
export const windowRules: readonly (readonly [string, ShapeRule])[] = [
  ['Conv', conv],
  ['ConvInteger', convInteger],
  ['ConvTranspose', convTranspose],
  ['Col2Im', col2im],
  ['AveragePool', pool],
  ['MaxPool', pool],
  ['LpPool', pool],
  ['GlobalAveragePool', globalPool],
  ['GlobalMaxPool', globalPool],
  ['GlobalLpPool', globalPool],
  ['Resize', resize],
  ['Upsample', resize],
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth],
  ['GridSample', gridSample],
];
