import { describe, expect, it } from 'vitest';
import { emptyPicture } from '../../../core/attribution/empty-picture.ts';
import { gradientInput } from '../../../core/attribution/gradient-input.ts';
import { float32 } from '../../../core/tensor.ts';

const FIRST = { dims: [1, 2, 1, 2], channelAxis: 1 };
const LAST = { dims: [1, 1, 2, 2], channelAxis: 3 };

describe('emptyPicture()', () => {
  it('is 0 after normalisation by a mean', () => {
    const x = float32(Float32Array.of(1, 2, 3, 5), FIRST.dims);
    for (const levels of [
      { scale: 255, mean: [0.485, 0.456] },
      { scale: 1, mean: [123.7, 116.3] },
      { scale: 127.5, mean: [1, 1] },
    ])
      expect([...emptyPicture(x, FIRST, levels)]).toEqual([0, 0, 0, 0]);
  });

  it('is the mean of the picture in each channel where 0 is black or white, in both layouts', () => {
    const x = float32(Float32Array.of(1, 2, 3, 5), FIRST.dims);
    expect([...emptyPicture(x, FIRST, { scale: 255, mean: [0, 0] })]).toEqual([1.5, 1.5, 4, 4]);
    expect([...emptyPicture(x, FIRST, { scale: 1, mean: [255, 255] })]).toEqual([1.5, 1.5, 4, 4]);
    const y = float32(Float32Array.of(1, 3, 2, 5), LAST.dims);
    expect([...emptyPicture(y, LAST, { scale: 1, mean: [0, 0] })]).toEqual([1.5, 4, 1.5, 4]);
  });

  it('goes channel by channel: an alpha without a mean stays as opaque as the picture', () => {
    const x = float32(Float32Array.of(-1, 2, 1, 1), FIRST.dims);
    expect([...emptyPicture(x, FIRST, { scale: 255, mean: [0.5, 0] })]).toEqual([0, 0, 1, 1]);
  });
});

describe('gradientInput()', () => {
  it('counts nothing for a pixel that is like the baseline', async () => {
    const slopes = Float32Array.of(2, 2, 3, 3);
    const targets = {
      ...FIRST,
      count: 1,
      values: () => Promise.resolve(new Float64Array(1)),
      gradients: () => Promise.resolve({ values: new Float64Array(1), gradients: slopes }),
    };
    const x = float32(Float32Array.of(1, 2, 3, 5), FIRST.dims);
    const [map] = await gradientInput(targets, x, Float32Array.of(1, 1, 3, 3));
    expect([...map]).toEqual([0, 8]);
  });
});
