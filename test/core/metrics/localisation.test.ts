import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOverlap, massInside } from '../../../core/metrics/localisation.ts';

const pixels = fc.array(fc.tuple(fc.integer({ min: -3, max: 6 }), fc.boolean()), {
  minLength: 1,
  maxLength: 25,
});

describe('bestOverlap', () => {
  it('is 1 where a threshold separates the mask, and names the threshold', () => {
    expect(bestOverlap([0.1, 0.9, 0.7, 0.2], [0, 255, 1, 0])).toEqual({ iou: 1, threshold: 0.7 });
  });

  it('lets pixels of one value in together', () => {
    expect(bestOverlap([5, 5, 5, 5], [1, 0, 0, 0])).toEqual({ iou: 0.25, threshold: 5 });
  });

  it('equals trying every value as the threshold', () => {
    const exhaustive = fc.property(pixels, (pairs) => {
      const map = pairs.map(([value]) => value);
      const mask = pairs.map(([, inside]) => Number(inside));
      fc.pre(mask.includes(1));
      const ious = map.map((threshold) => {
        const both = map.filter((value, k) => value >= threshold && mask[k] === 1).length;
        return both / map.filter((value, k) => value >= threshold || mask[k] === 1).length;
      });
      expect(bestOverlap(map, mask)!.iou).toBe(Math.max(...ious));
    });
    fc.assert(exhaustive);
  });

  it('never falls below the share of the area, which a threshold under all values gives', () => {
    const floor = fc.property(pixels, (pairs) => {
      const inside = pairs.filter(([, isInside]) => isInside).length;
      fc.pre(inside > 0);
      const overlap = bestOverlap(
        pairs.map(([value]) => value),
        pairs.map(([, isInside]) => Number(isInside)),
      );
      expect(overlap!.iou).toBeGreaterThanOrEqual(inside / pairs.length);
    });
    fc.assert(floor);
  });

  it('has no answer for an empty mask, and refuses unequal lengths and NaN', () => {
    expect(bestOverlap([1, 2], [0, 0])).toBeUndefined();
    expect(() => bestOverlap([1, 2], [1])).toThrow(
      'internal: bestOverlap: a map of 2 pixels and a mask of 1',
    );
    expect(() => bestOverlap([1, NaN], [1, 1])).toThrow('internal: bestOverlap: pixel 1 of the map is NaN');
  });
});

describe('massInside', () => {
  it('is the share of the positive mass', () => {
    expect(massInside([1, 3, -5, 4], [0, 1, 1, 0])).toBe(3 / 8);
  });

  it('equals the share of the area for a flat map', () => {
    expect(massInside([2, 2, 2, 2, 2], [1, 0, 0, 1, 0])).toBe(0.4);
  });

  it('has no answer for a map without positive values, and refuses what is not finite', () => {
    expect(massInside([0, -1], [1, 0])).toBeUndefined();
    expect(() => massInside([Infinity], [1])).toThrow('internal: massInside: pixel 0 of the map is Infinity');
  });
});
