import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FitOptions } from '../../../core/platform.ts';
import { coverGeometry } from '../../../core/runtime/fit-geometry.ts';

const fit = (width: number, height: number, resizeShort?: number): FitOptions => ({
  width,
  height,
  fit: 'cover',
  kernel: 'cubic',
  ...(resizeShort !== undefined && { resizeShort }),
});

describe('coverGeometry()', () => {
  it('resizes the shorter side and cuts the centre, halves of a pixel up', () => {
    // 500 x 375: int(256 * 500 / 375) = 341 wide; offsets (341 - 224) / 2 = 58.5, up to 59, and (256 - 224) / 2 = 16.
    expect(coverGeometry({ width: 500, height: 375 }, fit(224, 224, 256))).toEqual({
      width: 341,
      height: 256,
      left: 59,
      top: 16,
    });
  });

  it.each([
    // Python's round(58.5) is 58 and round(59.5) is 60; 117 // 2 is 58 and 119 // 2 is 59.
    ['pil-bilinear', 341, 58],
    ['pil-bicubic', 343, 60],
    ['opencv-linear', 341, 58],
    ['tensorflow-bilinear', 343, 59],
  ] as const)('cuts the centre as the library of %s: of %i pixels from %i on', (kernel, width, left) => {
    const cover = coverGeometry({ width, height: 256 }, { ...fit(224, 224, 256), kernel });
    expect(cover).toEqual({ width, height: 256, left, top: 16 });
  });

  it('just covers the window when no short side is given', () => {
    expect(coverGeometry({ width: 333, height: 999 }, fit(224, 224))).toEqual({
      width: 224,
      height: 672,
      left: 0,
      top: 224,
    });
  });

  it('always covers the window, near the proportions of the picture', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 1, max: 512 }),
        fc.option(side, { nil: undefined }),
        (width, height, size, short) => {
          const cover = coverGeometry({ width, height }, fit(size, size, short));
          expect(cover.left).toBeGreaterThanOrEqual(0);
          expect(cover.top).toBeGreaterThanOrEqual(0);
          expect(cover.left + size).toBeLessThanOrEqual(cover.width);
          expect(cover.top + size).toBeLessThanOrEqual(cover.height);
        },
      ),
      { seed: 1 },
    );
  });
});
