import { invariant } from '../errors.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { float32, sizeOf, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';

/** Number of positions (grid cells or tokens) of one image at a layer; 1 for a vector layer. */
export function positionsOf({ shape, channelAxis }: LayerRecord): number {
  return sizeOf(shape) / channelsOf({ shape, channelAxis });
}

/** Number of channels p at a layer. */
export function channelsOf({ shape, channelAxis }: Pick<LayerRecord, 'shape' | 'channelAxis'>): number {
  const channels = shape[channelAxis];
  invariant(channels !== undefined, `channel axis ${channelAxis} of shape [${shape.join(', ')}]`);
  return channels;
}

/**
 * Activations in the model's own layout -> one row a position.
 *
 * Shapes   [n, …] as the layer has it (NCHW, NHWC, [n, T, C], [n, C]); returns [n · positions, channels],
 *          images one after another, positions row-major within an image.
 * Limits   shares memory with the tensor when the channels already come last.
 */
export function toRows(activations: Tensor<'float32'>, layer: LayerRecord): Matrix {
  const channels = channelsOf(layer);
  const positions = positionsOf(layer);
  const images = activations.data.length / (channels * positions);
  invariant(Number.isInteger(images), `activations [${activations.dims.join(', ')}] at ${layer.tensor}`);
  if (isChannelsLast(layer)) return matrix(images * positions, channels, activations.data);
  return matrix(images * positions, channels, transposeEach(activations.data, images, channels, positions));
}

/** The inverse of {@link toRows}: rows [n · positions, channels] -> a tensor in the model's own layout. */
export function fromRows(rows: Matrix, layer: LayerRecord): Tensor<'float32'> {
  const positions = positionsOf(layer);
  const images = rows.rows / positions;
  const dims = [images, ...layer.shape.slice(1)];
  if (isChannelsLast(layer)) return float32(rows.data, dims);
  return float32(transposeEach(rows.data, images, positions, rows.cols), dims);
}

function isChannelsLast({ shape, channelAxis }: LayerRecord): boolean {
  return channelAxis === shape.length - 1;
}

/** Transposes each of `count` row-major [rows, cols] blocks; in the order of what it writes, which is half as slow as that of what it reads. */
function transposeEach(data: Float32Array, count: number, rows: number, cols: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let block = 0; block < count; block++) {
    const base = block * rows * cols;
    for (let j = 0, to = base; j < cols; j++) {
      for (let i = 0, from = base + j; i < rows; i++, from += cols) out[to++] = data[from];
    }
  }
  return out;
}
