import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { sobolSequence } from '../../../core/sampling/sobol-sequence.ts';
import { sobolGolden } from '../../fixtures/sobol/golden.ts';

const fnv1a = (values: Iterable<number>): number => {
  let hash = 0x811c9dc5;
  for (const value of values) hash = Math.imul(hash ^ value, 0x01000193);
  return hash >>> 0;
};

/** How many of the points fall in each of `cells` equal intervals of one dimension. */
const histogram = (points: Float64Array, nDims: number, dim: number, cells: number): number[] => {
  const counts = new Array<number>(cells).fill(0);
  for (let i = dim; i < points.length; i += nDims) counts[Math.floor(points[i] * cells)]++;
  return counts;
};

describe('sobolSequence', () => {
  const golden = sobolGolden();

  it.each(Object.keys(golden.dims))('equals SciPy in %s dimensions, exactly', (dims) => {
    const points = sobolSequence({ nPoints: 256, nDims: Number(dims) });
    expect([...points].map((x) => x * golden.denominator)).toEqual(golden.dims[dims].numerators);
  });

  it('equals SciPy in all 512 dimensions, by checksum', () => {
    const early = sobolSequence({ nPoints: 256, nDims: 512 });
    expect(fnv1a(early.map((x) => x * 256))).toBe(3450135493);
    const late = sobolSequence({ nPoints: 2112, nDims: 512 }).subarray(2048 * 512);
    expect(fnv1a(late.map((x) => x * 4096))).toBe(2635802053);
  });

  it.each([false, true])(
    'puts one of 2^k points in each of 2^k intervals of every dimension (scrambled: %s)',
    (on) => {
      const nDims = 512;
      const points = sobolSequence({ nPoints: 64, nDims, ...(on && { scramble: createRandom(3) }) });
      for (let dim = 0; dim < nDims; dim++) {
        expect(histogram(points, nDims, dim, 64)).toEqual(new Array(64).fill(1));
      }
    },
  );

  it('keeps the even spread in two dimensions when scrambled: every elementary interval holds one point', () => {
    const evenlySpread = fc.property(fc.integer(), (seed) => {
      const points = sobolSequence({ nPoints: 64, nDims: 2, scramble: createRandom(seed) });
      for (let k = 0; k <= 6; k++) {
        const cells = new Set<number>();
        for (let n = 0; n < 64; n++) {
          const column = Math.floor(points[2 * n] * 2 ** k);
          cells.add(column * 2 ** (6 - k) + Math.floor(points[2 * n + 1] * 2 ** (6 - k)));
        }
        expect(cells.size).toBe(64);
      }
    });
    fc.assert(evenlySpread, { numRuns: 30 });
  });

  it('gives each scrambled point a uniform distribution over the seeds', () => {
    const nSeeds = 2000;
    const values = Array.from(
      { length: nSeeds },
      (_, seed) => sobolSequence({ nPoints: 4, nDims: 3, scramble: createRandom(seed) })[3 * 2 + 1],
    );
    const mean = values.reduce((sum, x) => sum + x, 0) / nSeeds;
    const second = values.reduce((sum, x) => sum + x * x, 0) / nSeeds;
    // Four standard errors of each moment.
    expect([mean, second]).toBeAllclose([1 / 2, 1 / 3], { atol: 0.03 });
  });

  it('repeats a scrambling for a seed and changes it with the seed', () => {
    const scrambled = (seed: number): Float64Array =>
      sobolSequence({ nPoints: 16, nDims: 5, scramble: createRandom(seed) });
    expect(scrambled(1)).toEqual(scrambled(1));
    expect(scrambled(1)).not.toEqual(scrambled(2));
  });

  it('refuses more dimensions than it has direction numbers for', () => {
    expect(() => sobolSequence({ nPoints: 8, nDims: 513 })).toThrow(
      'sobolSequence: there are direction numbers for 512 dimensions, got 513.',
    );
  });
});
