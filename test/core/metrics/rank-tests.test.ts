import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fisherExact } from '../../../core/metrics/fisher-exact.ts';
import {
  correlationTest,
  groupsTest,
  leadingGroup,
  probabilityOfMore,
} from '../../../core/metrics/rank-tests.ts';
import { chiSquareTail, logFactorial } from '../../../core/metrics/tail-probability.ts';
import { createRandom } from '../../../core/random.ts';

const OPTIONS = { exchanges: 5000, seed: 1 };

describe('chiSquareTail()', () => {
  it('gives the values of tables', () => {
    expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
    expect(chiSquareTail(18.307038053275146, 10)).toBeCloseTo(0.05, 12);
    // Of two degrees it is exp(-x / 2).
    for (const x of [0.1, 1, 5, 50, 300]) expect(chiSquareTail(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 10);
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(chiSquareTail(-1e-12, 3)).toBe(1);
  });
});

describe('logFactorial()', () => {
  it('is that of small and large numbers', () => {
    expect([0, 1, 5, 20].map((n) => Math.exp(logFactorial(n)))).toBeAllclose(
      [1, 1, 120, 2432902008176640000],
      {
        rtol: 1e-10,
        atol: 0,
      },
    );
  });
});

describe('fisherExact()', () => {
  it('gives the p-values of the tea and of a table that SciPy was asked', () => {
    // Fisher's lady: 3 of 4 right of 8 cups, 2 (16 + 1) / 70.
    expect(fisherExact(3, 4, 4, 8)).toBeCloseTo(34 / 70, 12);
    expect(fisherExact(8, 10, 9, 20)).toBeCloseTo(1012 / 184756, 12);
    expect(fisherExact(0, 5, 0, 10)).toBe(1);
  });

  it('is the same whichever side is counted', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.nat(15), fc.nat(15), fc.nat(15), (a, b, c, d) => {
        const n = a + b + c + d;
        expect(fisherExact(a, a + b, a + c, n)).toBeCloseTo(fisherExact(c, c + d, a + c, n), 9);
      }),
    );
  });
});

describe('correlationTest()', () => {
  it('finds what rises along, by hand', () => {
    const found = correlationTest([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7], OPTIONS)!;
    // 1 - 6 · 8 / (8 · 63)
    expect(found.rho).toBeCloseTo(1 - 48 / 504, 12);
    expect(found.low).toBeLessThan(found.rho);
    expect(found.high).toBeGreaterThan(found.rho);
    expect(found.p).toBeLessThan(0.02);
    expect(correlationTest([1, 1, 1], [1, 2, 3], OPTIONS)).toBeUndefined();
  });

  it('is the same to any rising change of either list, and of the other sign turned round', () => {
    const x = [3, 1, 1, 9, 4, 4, 4, 0, 12, 7];
    const y = [1, 1, 2, 3, 5, 5, 8, 1, 2, 2];
    const found = correlationTest(x, y, OPTIONS)!;
    expect(correlationTest(x.map(Math.exp), y.map(Math.sqrt), OPTIONS)).toEqual(found);
    expect(
      correlationTest(
        x.map((value) => -value),
        y,
        OPTIONS,
      )!.rho,
    ).toBeCloseTo(-found.rho, 12);
  });
});

describe('groupsTest()', () => {
  it('gives Kruskal and Wallis’ statistic with ties, by hand', () => {
    // Ranks 1.5 1.5 3 | 4 5 6: sums 6 and 15, H (corrected) = 6 · 2 · 4.5² / 3 / 17 …
    const ranks = [1.5, 1.5, 3, 4, 5, 6];
    const whole = ranks.reduce((sum, rank) => sum + (rank - 3.5) ** 2, 0);
    const between = (2 * 4.5 ** 2) / 3;
    const h = (5 * between) / whole;
    const { share } = groupsTest([0, 0, 1, 2, 3, 4], [0, 0, 0, 1, 1, 1], OPTIONS)!;
    expect(share).toBeCloseTo((h - 1) / 4, 12);
  });

  it('says nothing of one group, and nothing of numbers that are the same', () => {
    expect(groupsTest([1, 2, 3], [0, 0, 0], OPTIONS)).toBeUndefined();
    expect(groupsTest([1, 1, 1], [0, 1, 0], OPTIONS)).toBeUndefined();
  });

  it.each([
    ['many zeros and a small group', 60, 8, 6],
    ['mostly ties', 40, 12, 10],
    ['enough for the limit', 200, 120, 60],
  ])('calls at most a share of α of chance a find: %s', (_, n, active, inGroup) => {
    const random = createRandom(7);
    const x = Float64Array.from({ length: n }, (_, i) => (i < active ? 1 + random.integer(4) : 0));
    const draws = 1000;
    const below = [0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const order = random.permutation(n);
      const groups = Int32Array.from(order, (at) => Number(at < inGroup));
      const { p } = groupsTest(x, groups, { exchanges: 1000, seed: draw })!;
      [0.05, 0.01].forEach((alpha, at) => (below[at] += Number(p <= alpha)));
    }
    // Three standard deviations of a share of 1,000 draws above what is promised.
    expect(below[0] / draws).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / draws));
    expect(below[1] / draws).toBeLessThan(0.01 + 3 * Math.sqrt((0.01 * 0.99) / draws));
  });
});

describe('probabilityOfMore()', () => {
  it('counts pairs, ties half, and never shrinks to a point', () => {
    const { value } = probabilityOfMore([1, 2, 2, 3], [1, 0, 1, 0])!;
    // (1 < 2), (1 < 3), (2 = 2), (2 < 3)
    expect(value).toBeCloseTo(0.5 / 4, 12);
    const perfect = probabilityOfMore([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1])!;
    expect(perfect.value).toBe(1);
    expect(perfect.low).toBeLessThan(0.6);
    expect(probabilityOfMore([1, 2], [1, 1])).toBeUndefined();
  });

  it('has an interval that holds the true probability in about 95 of 100 draws', () => {
    const random = createRandom(3);
    let held = 0;
    for (let draw = 0; draw < 400; draw++) {
      const isIn = Uint8Array.from({ length: 60 }, (_, i) => Number(i < 20));
      const x = Float64Array.from(isIn, (one) => random.normal() + one);
      const { low, high } = probabilityOfMore(x, isIn)!;
      // Φ(1 / √2)
      if (low <= 0.76025 && high >= 0.76025) held++;
    }
    expect(held / 400).toBeGreaterThan(0.91);
  });
});

describe('leadingGroup()', () => {
  it('is the group of the highest probability of more', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(2)), { minLength: 2 }), (pairs) => {
        const [x, groups] = [pairs.map(([value]) => value), pairs.map(([, group]) => group)];
        const all = [...new Set(groups)];
        fc.pre(all.length > 1);
        const chanceOf = (one: number): number =>
          probabilityOfMore(
            x,
            groups.map((group) => Number(group === one)),
          )!.value;
        expect(chanceOf(leadingGroup(x, groups)!)).toBeCloseTo(Math.max(...all.map(chanceOf)), 9);
      }),
    );
    expect(leadingGroup([], [])).toBeUndefined();
  });
});
