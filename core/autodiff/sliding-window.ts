import { intsOf, stringOf } from '../onnx/attributes.ts';
import type { Node } from '../onnx/graph.ts';

/** Geometry of a convolution or pooling along its spatial axes. */
export interface SlidingWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padBegins: readonly number[];
  readonly padEnds: readonly number[];
}

/**
 * Reads strides, dilations and pads of a window operator, with `auto_pad` resolved for these sizes.
 *
 * `inputDims` and `kernel` are the spatial sizes only.
 */
export function slidingWindow(
  node: Node,
  inputDims: readonly number[],
  kernel: readonly number[],
): SlidingWindow {
  const ones = kernel.map(() => 1);
  const strides = intsOf(node, 'strides') ?? ones;
  const dilations = intsOf(node, 'dilations') ?? ones;
  const geometry = { kernel, strides, dilations };
  const mode = stringOf(node, 'auto_pad', 'NOTSET');
  if (mode === 'SAME_UPPER' || mode === 'SAME_LOWER') {
    const totals = kernel.map((size, i) => samePadding(inputDims[i], size, strides[i], dilations[i]));
    const small = totals.map((total) => Math.floor(total / 2));
    const large = totals.map((total) => Math.ceil(total / 2));
    return mode === 'SAME_UPPER'
      ? { ...geometry, padBegins: small, padEnds: large }
      : { ...geometry, padBegins: large, padEnds: small };
  }
  const pads = (mode === 'VALID' ? undefined : intsOf(node, 'pads')) ?? [...ones, ...ones].fill(0);
  return { ...geometry, padBegins: pads.slice(0, kernel.length), padEnds: pads.slice(kernel.length) };
}

function samePadding(size: number, kernel: number, stride: number, dilation: number): number {
  const steps = Math.ceil(size / stride) - 1;
  return Math.max(0, steps * stride + dilation * (kernel - 1) + 1 - size);
}
