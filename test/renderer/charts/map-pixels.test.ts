import { describe, expect, it } from 'vitest';
import { mapContour, mapPixels, mapScale, scaled01 } from '../../../renderer/charts/map-pixels.ts';

describe('maps', () => {
  it('share one scale, signed as soon as one value is below zero', () => {
    expect(mapScale([{ values: [0, 1] }], 4)).toEqual({ maximum: 4, isSigned: false });
    expect(mapScale([{ values: [0, 1] }, { values: [-1] }], 4)).toEqual({ maximum: 4, isSigned: true });
    expect(mapScale([], 0).maximum).toBe(1);
  });

  it('have a line around their strongest places, and none where nothing is strong', () => {
    const scale = { maximum: 1, isSigned: false };
    const values = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(mapContour(values, [4, 4], scale)).toMatch(/^M/);
    const points = [...mapContour(values, [4, 4], scale).matchAll(/[ML]([\d.]+),([\d.]+)/g)];
    for (const [, x, y] of points) expect(Math.hypot(Number(x) - 1.5, Number(y) - 1.5)).toBeLessThan(1);
    expect(
      mapContour(
        values.map((v) => v / 100),
        [4, 4],
        scale,
      ),
    ).toBe('');
    expect(mapContour([1], [1, 1], scale)).toBe('');
  });

  it('put zero in the middle of a signed scale and clamp what lies beyond', () => {
    expect(scaled01(0, { maximum: 2, isSigned: true })).toBe(0.5);
    expect(scaled01(9, { maximum: 2, isSigned: false })).toBe(1);
    expect(scaled01(-9, { maximum: 2, isSigned: true })).toBe(0);
  });

  it('are brighter where they are stronger and vanish at opacity 0', () => {
    const scale = { maximum: 1, isSigned: false };
    const pixels = mapPixels([0, 1], scale, 1);
    expect(pixels[4] + pixels[5] + pixels[6]).toBeGreaterThan(pixels[0] + pixels[1] + pixels[2]);
    expect(pixels[7]).toBe(255);
    // Where there is nothing, the picture is seen as it is.
    expect(pixels[3]).toBe(0);
    expect([...mapPixels([0, 1], scale, 0)].filter((_, i) => i % 4 === 3)).toEqual([0, 0]);
  });
});
