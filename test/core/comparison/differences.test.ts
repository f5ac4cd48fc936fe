import { describe, expect, it } from 'vitest';
import { pairedMeanDifferences, separateMeanDifferences } from '../../../core/comparison/mean-difference.ts';
import { pairedShareDifference, separateShareDifference } from '../../../core/comparison/share-difference.ts';
import { createRandom } from '../../../core/random.ts';

const column = (...values: number[]): Float64Array[] => values.map((value) => Float64Array.of(value));

describe('pairedMeanDifferences()', () => {
  it('subtracts the first from the second, image by image', () => {
    const [found] = pairedMeanDifferences(column(0.1, 0.5, 0.9), column(0.2, 0.6, 1));
    expect(found.a).toBeCloseTo(0.5, 12);
    expect(found.b).toBeCloseTo(0.6, 12);
    expect(found.difference).toBeCloseTo(0.1, 12);
    // All images say the same of the difference, whatever they say of the figure.
    expect(found.interval![0]).toBeCloseTo(0.1, 12);
    expect(found.interval![1]).toBeCloseTo(0.1, 12);
  });

  it('knows no interval of one image, and leaves out what is not finite', () => {
    expect(pairedMeanDifferences(column(0.1), column(0.4))).toEqual([
      { a: 0.1, b: 0.4, difference: 0.4 - 0.1 },
    ]);
    expect(pairedMeanDifferences(column(0.1, NaN), column(0.4, 0.5))[0].interval).toBeUndefined();
  });

  it('holds the true difference in about 95 of 100 samples, paired or apart', () => {
    const random = createRandom(5);
    let [paired, apart] = [0, 0];
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const base = Array.from({ length: 24 }, () => random.normal());
      const a = column(...base.map((value) => value + 0.3 * random.normal()));
      const b = column(...base.map((value) => value + 0.2 + 0.3 * random.normal()));
      const c = column(...Array.from({ length: 15 }, () => 0.2 + random.normal()));
      const holds = ([low, high]: readonly [number, number]): number => Number(low <= 0.2 && high >= 0.2);
      paired += holds(pairedMeanDifferences(a, b, run)[0].interval!);
      apart += holds(separateMeanDifferences(a, c, run)[0].interval!);
    }
    // Three deviations of a share of 300 around 95 %.
    expect(paired / runs).toBeGreaterThan(0.912);
    expect(apart / runs).toBeGreaterThan(0.912);
    expect(paired / runs).toBeLessThan(0.988);
  });
});

describe('pairedShareDifference()', () => {
  it('is the worked example of Newcombe 1998', () => {
    // Table III: 36 both, 12 one, 2 other, 0 neither of 50: 0.2000 (0.0569 to 0.3404).
    const images = [
      ...Array<number[]>(36).fill([1, 1]),
      ...Array<number[]>(12).fill([0, 1]),
      ...Array<number[]>(2).fill([1, 0]),
    ];
    const found = pairedShareDifference(
      images.map(([a]) => a),
      images.map(([, b]) => b),
    );
    expect(found.difference).toBeCloseTo(0.2, 12);
    expect(found.interval![0]).toBeCloseTo(0.0569, 3);
    expect(found.interval![1]).toBeCloseTo(0.3404, 3);
  });

  it('does not claim that shares of all images cannot differ', () => {
    const all = new Uint8Array(30).fill(1);
    const { difference, interval } = pairedShareDifference(all, all);
    expect(difference).toBe(0);
    expect(interval![0]).toBeLessThan(-0.05);
    expect(interval![1]).toBeGreaterThan(0.05);
    expect(pairedShareDifference([1], [0])).toEqual({ a: 1, b: 0, difference: -1 });
  });
});

describe('separateShareDifference()', () => {
  it('is the worked example of Newcombe 1998', () => {
    // 56/70 less 48/80: 0.2 (0.0524 to 0.3339); here it is the second less the first.
    const share = (hits: number, n: number): number[] =>
      Array.from({ length: n }, (_, i) => Number(i < hits));
    const { interval } = separateShareDifference(share(48, 80), share(56, 70));
    expect(interval![0]).toBeCloseTo(0.0524, 3);
    expect(interval![1]).toBeCloseTo(0.3339, 3);
  });
});
