import { describe, expect, it } from 'vitest';
import { sanityCheck } from '../../../core/metrics/sanity-check.ts';
import { createRandom } from '../../../core/random.ts';

describe('sanityCheck', () => {
  it('gives 1 to maps that did not change, with either sign', () => {
    const map = [0.1, 3, -2, 7];
    expect(sanityCheck([{ map, randomised: map }])).toEqual({
      maps: [{ rank: 1, rankOfSizes: 1, linear: 1 }],
      similarity: 1,
      flat: [],
    });
    const flipped = sanityCheck([{ map, randomised: map.map((value) => -value) }]);
    expect(flipped.maps[0].rank).toBe(-1);
    expect(flipped.similarity).toBe(1);
  });

  it('follows its definition on numbers worked by hand', () => {
    // Ranks (2, 1, 3) and (3, 2, 1): deviations (0, -1, 1) and (1, 0, -1). Sizes: (1, 2, 3) and (3, 2, 1).
    const { maps, similarity } = sanityCheck([{ map: [1, -2, 3], randomised: [5, 2, -1] }]);
    expect(maps[0].rank).toBeCloseTo(-0.5, 14);
    expect(maps[0].rankOfSizes).toBeCloseTo(-1, 14);
    expect(similarity).toBeCloseTo(1, 14);
  });

  it('is small for unrelated maps', () => {
    const random = createRandom(5);
    const noise = () => Float64Array.from({ length: 400 }, () => random.normal());
    const pairs = Array.from({ length: 5 }, () => ({ map: noise(), randomised: noise() }));
    // Standard error of a rank correlation of 400 pairs: 0.05.
    expect(sanityCheck(pairs).similarity).toBeLessThan(0.15);
  });

  it('leaves out flat maps', () => {
    const flat = { map: [0, 0, 0], randomised: [1, 2, 3] };
    expect(sanityCheck([flat])).toEqual({
      maps: [{ rank: undefined, rankOfSizes: undefined, linear: undefined }],
      similarity: undefined,
      flat: [0],
    });
    expect(sanityCheck([flat, { map: [1, 2], randomised: [4, 9] }])).toMatchObject({
      similarity: 1,
      flat: [0],
    });
    // Equal sizes: only the signs carry anything.
    expect(sanityCheck([{ map: [1, -1, 1], randomised: [2, 0, 2] }]).similarity).toBe(1);
  });

  it('refuses what cannot be compared', () => {
    expect(() => sanityCheck([{ map: [1, 2], randomised: [1] }])).toThrow('lists of 2 and 1 numbers');
    expect(() => sanityCheck([{ map: [1, 2], randomised: [1, Infinity] }])).toThrow(
      'internal: sanityCheck: pair 0 has a value that is not finite',
    );
  });
});
