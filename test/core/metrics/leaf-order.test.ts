import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafOrder } from '../../../core/metrics/leaf-order.ts';

describe('leafOrder()', () => {
  it('puts what is alike beside each other', () => {
    const vectors = [
      [0, 0],
      [9, 9],
      [0, 1],
      [9, 8],
      [20, 0],
      [1, 0],
    ];
    const order = leafOrder(vectors);
    const placeOf = (index: number): number => order.indexOf(index);
    expect(Math.abs(placeOf(1) - placeOf(3))).toBe(1);
    const near = [0, 2, 5].map(placeOf).sort((a, b) => a - b);
    expect(near[2] - near[0]).toBe(2);
  });

  it('is an order of all places, also of one and of none', () => {
    expect(leafOrder([])).toEqual([]);
    expect(leafOrder([[1]])).toEqual([0]);
    const vectors = fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(vectors, (some) => {
        expect([...leafOrder(some)].sort((a, b) => a - b)).toEqual([...some.keys()]);
      }),
    );
  });

  it('turns branches so that a line stays a line', () => {
    const order = leafOrder([[3], [0], [2], [1], [4]]).map((place) => [3, 0, 2, 1, 4][place]);
    expect([order, order.toReversed()]).toContainEqual([0, 1, 2, 3, 4]);
  });
});
