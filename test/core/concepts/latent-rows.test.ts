import { describe, expect, it } from 'vitest';
import { fromRows, toRows } from '../../../core/concepts/latent-rows.ts';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { float32 } from '../../../core/tensor.ts';

const layer = (shape: number[], channelAxis: number): LayerRecord => ({
  tensor: 'cut',
  shape,
  kind: 'spatial',
  channelAxis,
  grid: [1, 1],
  computeShare: 0.5,
});

const counting = (length: number): Float32Array => Float32Array.from({ length }, (_, index) => index);

describe('toRows', () => {
  it('puts the channels of each position side by side, from NCHW', () => {
    // Two images of two channels on a 1 x 3 grid.
    const rows = toRows(float32(counting(12), [2, 2, 1, 3]), layer([1, 2, 1, 3], 1));
    expect([rows.rows, rows.cols]).toEqual([6, 2]);
    expect([...rows.data]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
  });

  it.each([
    ['NCHW', [1, 5, 2, 3], 1],
    ['NHWC', [1, 2, 3, 5], 3],
    ['tokens', [1, 7, 4], 2],
    ['vector', [1, 6], 1],
  ])('is undone by fromRows for %s', (_, shape, channelAxis) => {
    const dims = [2, ...shape.slice(1)];
    const tensor = float32(counting(dims.reduce((a, b) => a * b, 1)), dims);
    const back = fromRows(toRows(tensor, layer(shape, channelAxis)), layer(shape, channelAxis));
    expect(back).toEqual(tensor);
  });
});
