import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { upsampleMap } from '../../../core/attribution/upsampled-coefficients.ts';

describe('upsampleMap()', () => {
  it('puts each value in the middle of its cell and interpolates between', () => {
    // By hand: cells of 2 pixels, middles at 1 and 3; pixel middles 0.5, 1.5, 2.5, 3.5.
    const row = upsampleMap(Float32Array.of(0, 4), [1, 2], [1, 4]);
    expect([...row]).toEqual([0, 1, 3, 4]);
  });

  it('agrees with torch.nn.functional.interpolate(bilinear, align_corners=False)', () => {
    // torch 2.13: F.interpolate(torch.tensor([[[[1., 2.], [3., 8.]]]]), size=(3, 3), mode='bilinear')
    const pixels = upsampleMap(Float32Array.of(1, 2, 3, 8), [2, 2], [3, 3]);
    // The tolerance is float32 rounding.
    expect(pixels).toBeAllclose([1, 1.5, 2, 2, 3.5, 5, 3, 5.5, 8], { rtol: 1e-6 });
  });

  it('is the identity at the same size', () => {
    const map = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(upsampleMap(map, [2, 3], [2, 3])).toEqual(map);
  });

  it('stays between the smallest and the largest value', () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.infiniteStream(fc.float({ min: -8, max: 8, noNaN: true })),
        (r, c, h, w, values) => {
          const map = Float32Array.from([...values.take(r * c)]);
          const pixels = upsampleMap(map, [r, c], [h, w]);
          // One rounding of float32 at magnitude 8.
          expect(Math.min(...pixels)).toBeGreaterThanOrEqual(Math.min(...map) - 1e-6);
          expect(Math.max(...pixels)).toBeLessThanOrEqual(Math.max(...map) + 1e-6);
        },
      ),
    );
  });

  it('refuses a map that does not fit its grid', () => {
    expect(() => upsampleMap(new Float32Array(3), [2, 2], [4, 4])).toThrow(
      'internal: upsampleMap: shape [2, 2] does not fit 3 values',
    );
  });
});
