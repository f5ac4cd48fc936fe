import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PictureLayout } from '../../../core/images/picture-layout.ts';
import { smoothed } from '../../../core/images/smoothed.ts';

const layoutOf = (layout: 'NCHW' | 'NHWC', [channels, height, width]: readonly number[]): PictureLayout => ({
  channels,
  height,
  width,
  layout,
});

describe('smoothed', () => {
  it('is the mean over 3 × 3 pixels, the nearest standing for those outside', () => {
    const picture = Float32Array.of(9, 0, 0, 0, 0, 0, 0, 0, 18);
    const once = smoothed(picture, layoutOf('NCHW', [1, 3, 3]), 1);
    expect([...once]).toEqual([4, 2, 0, 2, 3, 4, 0, 4, 8]);
  });

  it('gives a picture back that is blurred no time', () => {
    const picture = Float32Array.of(1, 2);
    expect(smoothed(picture, layoutOf('NCHW', [1, 1, 2]), 0)).toBe(picture);
  });

  it('says the same of both orders in memory, and twice is once and once again', () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
    );
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.float({ noNaN: true, min: -4, max: 4 })), (dims, values) => {
        const [channels, height, width] = dims;
        const pixels = height * width;
        const planar = Float32Array.from({ length: channels * pixels }, () => values.next().value as number);
        const turned = (picture: Float32Array) =>
          Float32Array.from(
            picture,
            (_, at) => picture[(at % channels) * pixels + Math.floor(at / channels)],
          );
        const first = layoutOf('NCHW', dims);
        expect(smoothed(turned(planar), layoutOf('NHWC', dims), 2)).toEqual(
          turned(smoothed(planar, first, 2)),
        );
        expect(smoothed(planar, first, 2)).toEqual(smoothed(smoothed(planar, first, 1), first, 1));
      }),
    );
  });
});
