import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { bootstrapImportance } from '../../../core/sensitivity/bootstrap.ts';
import { tiers } from '../../../core/sensitivity/tiers.ts';

const images = (
  n: number,
  indices: (random: ReturnType<typeof createRandom>) => number[],
  seed = 1,
): Float64Array[][] => {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => [Float64Array.from(indices(random))]);
};
const ranked = (indices: Float64Array[][]): { order: number[]; tiers: number[] } => {
  const { order, tiers: numbers } = tiers(bootstrapImportance(indices, { nDraws: 1000 }));
  return { order: [...order], tiers: [...numbers] };
};

describe('tiers', () => {
  it('groups concepts whose difference drowns in the scatter and parts the others', () => {
    const noisy = images(40, (random) =>
      [0.1, 0.6, 0.605, 0.3, 0.1].map((mean) => mean + 0.05 * random.normal()),
    );
    const { order, tiers: numbers } = ranked(noisy);
    expect(new Set(order.slice(0, 2))).toEqual(new Set([1, 2]));
    expect(order[2]).toBe(3);
    expect(numbers).toEqual([0, 0, 1, 2, 2]);
  });

  it('parts concepts with overlapping intervals when one leads on every image', () => {
    const paired = images(20, (random) => {
      const common = 0.3 * random.uniform();
      return [0.3 + common, 0.33 + common + 0.005 * random.normal()];
    });
    const { low, high } = bootstrapImportance(paired);
    expect(high[0]).toBeGreaterThan(low[1]);
    expect(ranked(paired)).toEqual({ order: [1, 0], tiers: [0, 1] });
  });

  it('measures each concept against the first of its tier, so that a slow slope does not join its ends', () => {
    const slope = images(30, (random) =>
      Array.from({ length: 8 }, (_, i) => 0.8 - 0.02 * i + 0.05 * random.normal()),
    );
    const { tiers: numbers } = ranked(slope);
    expect(numbers.at(-1)).toBeGreaterThan(0);
    expect(new Set(numbers).size).toBeLessThan(8);
  });

  it('parts two equal concepts about five times in a hundred', () => {
    let parted = 0;
    for (let seed = 0; seed < 300; seed++) {
      const equal = images(15, (random) => [0.4 + 0.1 * random.normal(), 0.4 + 0.1 * random.normal()], seed);
      parted += ranked(equal).tiers[1];
    }
    expect(parted / 300).toBeLessThan(0.1);
    expect(parted / 300).toBeGreaterThan(0.01);
  });

  it('keeps exact ties in one tier, in the order of the bank', () => {
    const exact = bootstrapImportance([[Float64Array.of(0, 0.5, 0.5, 0)]], { exact: true });
    const { order, tiers: numbers } = tiers(exact);
    expect([...order]).toEqual([1, 2, 0, 3]);
    expect([...numbers]).toEqual([0, 0, 1, 1]);
  });

  it('parts nothing when the error is unknown', () => {
    const unknown = bootstrapImportance([[Float64Array.of(0.1, 0.9)]]);
    expect([...tiers(unknown).tiers]).toEqual([0, 0]);
    expect([...tiers(unknown).order]).toEqual([1, 0]);
  });

  it('ranks one concept', () => {
    const one = bootstrapImportance([[Float64Array.of(1)]], { exact: true });
    expect(tiers(one)).toEqual({ order: Int32Array.of(0), tiers: Int32Array.of(0) });
  });
});
