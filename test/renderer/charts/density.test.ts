import { describe, expect, it } from 'vitest';
import { density } from '../../../renderer/charts/density.ts';

describe('density()', () => {
  it('has its peak of 1 where the values crowd', () => {
    const curve = density([2, 2.1, 1.9, 2, 8], 10);
    const peak = curve.reduce((best, point) => (point.height > best.height ? point : best));
    expect(peak.height).toBe(1);
    expect(Math.abs(peak.at - 2)).toBeLessThan(0.3);
  });

  it('is a narrow peak for values all alike, and empty for none', () => {
    expect(density([5, 5], 10).filter(({ height }) => height > 0.1).length).toBeLessThan(10);
    expect(density([], 10)).toEqual([]);
    expect(density([0], 0)).toEqual([]);
  });
});
