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
  it('does as torchvision: Resize(256), CenterCrop(224)', () => {
    // 500 x 375: int(256 * 500 / 375) = 341 wide; offsets round((341 - 224) / 2) = 59 (58.5), (256 - 224) / 2 = 16.
    expect(coverGeometry({ width: 500, height: 375 }, fit(224, 224, 256))).toEqual({
      width: 341,
      height: 256,
      left: 59,
      top: 16,
    });
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
