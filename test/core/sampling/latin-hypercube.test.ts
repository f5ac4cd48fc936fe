import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { latinHypercube } from '../../../core/sampling/latin-hypercube.ts';

describe('latinHypercube', () => {
  it('puts exactly one point in each interval of each dimension', () => {
    const oneEach = fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 6 }),
      (seed, nPoints, nDims) => {
        const points = latinHypercube({ nPoints, nDims, random: createRandom(seed) });
        for (let dim = 0; dim < nDims; dim++) {
          const cells = new Set<number>();
          for (let n = 0; n < nPoints; n++) cells.add(Math.floor(points[n * nDims + dim] * nPoints));
          expect(cells.size).toBe(nPoints);
        }
        expect(points.every((x) => x >= 0 && x < 1)).toBe(true);
      },
    );
    fc.assert(oneEach, { numRuns: 100 });
  });

  it('stays below 1 when the sum rounds up', () => {
    const random = { ...createRandom(0), uniform: () => 1 - 2 ** -53 };
    const points = latinHypercube({ nPoints: 49, nDims: 1, random });
    expect(points.every((x) => x < 1)).toBe(true);
  });

  it('repeats for a seed', () => {
    const draw = (seed: number): Float64Array =>
      latinHypercube({ nPoints: 9, nDims: 3, random: createRandom(seed) });
    expect(draw(4)).toEqual(draw(4));
    expect(draw(4)).not.toEqual(draw(5));
  });
});
