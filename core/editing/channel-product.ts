import type { LayerRecord } from '../concepts/explanation.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { transpose } from '../linalg/transpose.ts';
import type { Expansion } from '../onnx/prepare/expansion.ts';
import { float32 } from '../tensor.ts';

/** Where the channels of a tensor at a cut are. */
export type ChannelLayout = Pick<LayerRecord, 'shape' | 'channelAxis'>;

/** Do channels come last, so that a position is a row? */
export function hasChannelsLast({ shape, channelAxis }: ChannelLayout): boolean {
  return channelAxis === shape.length - 1;
}

/**
 * Adds x · M + b over the channels of x, whatever its layout: a convolution of one position where positions follow the
 * channels, else a matrix product. Batch and number of positions stay open.
 *
 * Shapes   x [n, …] with M.rows channels -> the same with M.cols channels; bias [M.cols].
 */
export function channelProduct(
  e: Expansion,
  x: string,
  m: Matrix,
  layout: ChannelLayout,
  bias?: Float32Array,
): string {
  if (hasChannelsLast(layout)) {
    const product = e.op('MatMul', [x, e.tensor(float32(m.data, [m.rows, m.cols]))]);
    return bias === undefined ? product : e.op('Add', [product, e.tensor(float32(bias, [m.cols]))]);
  }
  const ones = layout.shape.slice(2).map(() => 1);
  const kernel = e.tensor(float32(transpose(m).data, [m.cols, m.rows, ...ones]));
  const inputs = bias === undefined ? [x, kernel] : [x, kernel, e.tensor(float32(bias, [m.cols]))];
  return e.op('Conv', inputs, { kernel_shape: ones });
}
