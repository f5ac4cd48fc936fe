import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { coefficientSizes, orderBy } from '../../../core/metrics/concept-orders.ts';

describe('orderBy()', () => {
  it('puts the largest first, keeps ties in order and what is not a number last', () => {
    expect(orderBy([1, 3, 2])).toEqual([1, 2, 0]);
    expect(orderBy([2, NaN, 2, -1])).toEqual([0, 2, 3, 1]);
    expect(orderBy([])).toEqual([]);
  });
});

describe('coefficientSizes()', () => {
  it('is the mean over positions of all images, by hand', () => {
    const images = [matrix(2, 2, Float32Array.of(1, 0, 3, 0)), matrix(1, 2, Float32Array.of(2, 6))];
    expect([...coefficientSizes(images)]).toEqual([2, 2]);
  });

  it('is 0 for a dead concept', () => {
    expect([...coefficientSizes([matrix(2, 2, Float32Array.of(1, 0, 1, 0))])]).toEqual([1, 0]);
  });
});
