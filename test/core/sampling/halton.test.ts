import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { haltonSequence } from '../../../core/sampling/halton.ts';
import { haltonGolden } from '../../fixtures/sobol/golden.ts';

describe('haltonSequence', () => {
  const golden = haltonGolden();

  it.each(Object.keys(golden.dims))('equals SciPy in %s dimensions', (dims) => {
    const { shape, data } = golden.dims[dims];
    // SciPy sums digit by digit and is off by an ulp here and there; ours is one division.
    expect(haltonSequence({ nPoints: shape[0], nDims: shape[1] })).toBeAllclose(data, { atol: 1e-15 });
  });

  it('scrambles without losing the spread: b^2 points hit each of b^2 intervals of base b once', () => {
    for (const [dim, base] of [2, 3, 5, 7].entries()) {
      const points = haltonSequence({ nPoints: base ** 2, nDims: 4, scramble: createRandom(11) });
      const cells = Array.from({ length: base ** 2 }, (_, n) => Math.floor(points[4 * n + dim] * base ** 2));
      expect(cells.sort((x, y) => x - y)).toEqual(Array.from({ length: base ** 2 }, (_, cell) => cell));
    }
  });

  it('gives each scrambled point a uniform distribution over the seeds', () => {
    const nSeeds = 2000;
    const values = Array.from(
      { length: nSeeds },
      (_, seed) => haltonSequence({ nPoints: 1, nDims: 3, scramble: createRandom(seed) })[2],
    );
    const mean = values.reduce((sum, x) => sum + x, 0) / nSeeds;
    const second = values.reduce((sum, x) => sum + x * x, 0) / nSeeds;
    // Four standard errors of each moment.
    expect([mean, second]).toBeAllclose([1 / 2, 1 / 3], { atol: 0.03 });
  });

  it('repeats a scrambling for a seed', () => {
    const scrambled = (seed: number): Float64Array =>
      haltonSequence({ nPoints: 16, nDims: 5, scramble: createRandom(seed) });
    expect(scrambled(1)).toEqual(scrambled(1));
    expect(scrambled(1)).not.toEqual(scrambled(2));
  });
});
