import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneWayAnova, tukeyPairs } from '../../../core/metrics/anova.ts';
import { binomialTail } from '../../../core/metrics/binomial-tail.ts';
import { brierScore, reliabilityCurve } from '../../../core/metrics/calibration.ts';
import { holmAdjusted } from '../../../core/metrics/holm.ts';
import { fTail, incompleteBeta } from '../../../core/metrics/incomplete-beta.ts';
import { normalQuantile, normalTail } from '../../../core/metrics/normal-distribution.ts';
import { permutationTest } from '../../../core/metrics/permutation-test.ts';
import { detectionOf, type DetectionCounts } from '../../../core/metrics/signal-detection.ts';
import { studentizedRangeQuantile, studentizedRangeTail } from '../../../core/metrics/studentized-range.ts';
import { createRandom } from '../../../core/random.ts';

interface Golden {
  readonly holm: readonly { readonly p: number[]; readonly adjusted: number[] }[];
  readonly permutation: readonly {
    readonly a: number[];
    readonly b: number[];
    readonly p: number;
    readonly ways: number;
  }[];
  readonly anova: readonly {
    readonly groups: number[][];
    readonly f: number;
    readonly p: number;
    readonly pairs: readonly Record<'difference' | 'low' | 'high' | 'p', number>[];
  }[];
  readonly range: readonly Record<'q' | 'k' | 'degrees' | 'tail', number>[];
  readonly rangeQuantile: readonly Record<'p' | 'k' | 'degrees' | 'q', number>[];
  readonly fTail: readonly Record<'f' | 'above' | 'below' | 'tail', number>[];
  readonly normalQuantile: readonly Record<'p' | 'z', number>[];
  readonly detection: readonly {
    readonly counts: DetectionCounts;
    readonly sensitivity: number;
    readonly criterion: number;
  }[];
  readonly brier: { readonly stated: number[]; readonly right: number[]; readonly score: number };
  readonly binomialTail: readonly Record<'hits' | 'n' | 'chance' | 'tail', number>[];
}

const FILE = path.join(import.meta.dirname, '../../fixtures/study-statistics/golden.json');
const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Golden;

describe('holmAdjusted()', () => {
  it.each(golden.holm)('gives what statsmodels gives for $p', ({ p, adjusted }) => {
    expect(holmAdjusted(p)).toBeAllclose(adjusted, { atol: 1e-12 });
  });

  it('leaves out what is not known', () => {
    expect(holmAdjusted([0.02, NaN, 0.04])).toEqual([0.04, NaN, 0.04]);
    expect(holmAdjusted([])).toEqual([]);
  });
});

describe('permutationTest()', () => {
  it.each(golden.permutation)('goes through all $ways ways', ({ a, b, p, ways }) => {
    expect(permutationTest(a, b)).toMatchObject({ ways, isExact: true });
    expect(permutationTest(a, b)!.p).toBeCloseTo(p, 12);
  });

  it('draws where there are too many ways, close to the exact p, never 0, the same for a seed', () => {
    const random = createRandom(1);
    const [a, b] = [0, 0.25].map((shift) => Array.from({ length: 30 }, () => shift + random.uniform()));
    const drawn = permutationTest(a, b, { seed: 3 })!;
    expect(drawn).toMatchObject({ ways: 9999, isExact: false });
    expect(permutationTest(a, b, { seed: 3 })).toEqual(drawn);
    // By the normal limit of the permutation distribution.
    const all = [...a, ...b];
    const mean = all.reduce((sum, value) => sum + value, 0) / 60;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 59;
    const p = 2 * normalTail(Math.abs(drawn.difference) / Math.sqrt(variance * (2 / 30)));
    expect(Math.abs(drawn.p - p)).toBeLessThan(4 * Math.sqrt(p / 9999) + 0.001);
    const far = permutationTest(
      a,
      b.map((value) => value + 9),
      { draws: 99 },
    )!;
    expect(far.p).toBe(0.01);
  });

  it('is the same whichever group stands first, and says 1 of groups that are alike', () => {
    const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [there, back] = [permutationTest(a, b)!, permutationTest(b, a)!];
        expect(back.p).toBeCloseTo(there.p, 12);
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(there.p).toBeGreaterThan(0);
        expect(permutationTest(a, a)!.p).toBe(1);
      }),
    );
    expect(permutationTest([], [1])).toBeUndefined();
  });
});

describe('oneWayAnova() and tukeyPairs()', () => {
  it.each(golden.anova)(
    'give what SciPy and statsmodels give for groups of several sizes',
    ({ groups, f, p, pairs }) => {
      const found = oneWayAnova(groups)!;
      expect(found.f).toBeCloseTo(f, 9);
      expect(found.p).toBeCloseTo(p, 10);
      const compared = tukeyPairs(groups);
      expect(compared).toHaveLength(pairs.length);
      for (const key of ['difference', 'low', 'high', 'p'] as const)
        expect(compared.map((pair) => pair[key])).toBeAllclose(
          pairs.map((pair) => pair[key]),
          { atol: 1e-5 },
        );
    },
  );

  it('leave empty groups out and say nothing where nothing can be said', () => {
    const groups = [[1, 2, 4], [], [2, 3, 5]];
    expect(oneWayAnova(groups)).toEqual(oneWayAnova([groups[0], groups[2]]));
    expect(tukeyPairs(groups).map(({ first, second }) => [first, second])).toEqual([[0, 2]]);
    for (const none of [
      [],
      [[1, 2]],
      [[1], [2]],
      [
        [0.7, 0.7],
        [0.7, 0.7, 0.7],
      ],
      [
        [1, 1],
        [2, 2],
      ],
    ]) {
      expect(oneWayAnova(none)).toBeUndefined();
      expect(tukeyPairs(none)).toEqual([]);
    }
  });
});

describe('distributions', () => {
  it('studentizedRangeTail() gives SciPy’s', () => {
    const got = golden.range.map(({ q, k, degrees }) => studentizedRangeTail(q, k, degrees));
    expect(got).toBeAllclose(
      golden.range.map(({ tail }) => tail),
      { atol: 1e-7 },
    );
    expect(studentizedRangeTail(0, 3, 5)).toBe(1);
    expect(studentizedRangeTail(200, 3, 50)).toBeCloseTo(0, 8);
  });

  it('studentizedRangeQuantile() gives SciPy’s', () => {
    const got = golden.rangeQuantile.map(({ p, k, degrees }) => studentizedRangeQuantile(p, k, degrees));
    expect(got).toBeAllclose(
      golden.rangeQuantile.map(({ q }) => q),
      { rtol: 1e-5 },
    );
  });

  it('fTail(), binomialTail() and normalQuantile() give SciPy’s', () => {
    expect(golden.fTail.map(({ f, above, below }) => fTail(f, above, below))).toBeAllclose(
      golden.fTail.map(({ tail }) => tail),
      { rtol: 1e-10 },
    );
    expect(golden.binomialTail.map(({ hits, n, chance }) => binomialTail(hits, n, chance))).toBeAllclose(
      golden.binomialTail.map(({ tail }) => tail),
      { rtol: 1e-10 },
    );
    expect(golden.normalQuantile.map(({ p }) => normalQuantile(p))).toBeAllclose(
      golden.normalQuantile.map(({ z }) => z),
      { rtol: 1e-10, atol: 1e-12 },
    );
    expect(() => normalQuantile(1)).toThrow('internal: normalQuantile: 1 is no probability between 0 and 1');
  });

  it('incompleteBeta() is a distribution function, turned round by exchanging its parameters', () => {
    const size = fc.double({ min: 0.1, max: 60, noNaN: true });
    const place = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(size, size, place, (a, b, x) => {
        const value = incompleteBeta(x, a, b);
        expect(value).toBeGreaterThanOrEqual(-1e-12);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        expect(incompleteBeta(1 - x, b, a)).toBeCloseTo(1 - value, 9);
      }),
    );
  });
});

describe('detectionOf()', () => {
  it.each(golden.detection)('gives d′ and criterion of $counts', ({ counts, sensitivity, criterion }) => {
    expect(detectionOf(counts)!.sensitivity).toBeCloseTo(sensitivity, 10);
    expect(detectionOf(counts)!.criterion).toBeCloseTo(criterion, 10);
  });

  it('is 0 for one who says yes as often to either kind, undefined without a kind', () => {
    expect(detectionOf({ signals: 6, hits: 3, others: 6, falseAlarms: 3 })!.sensitivity).toBeCloseTo(0, 12);
    expect(detectionOf({ signals: 0, hits: 0, others: 6, falseAlarms: 3 })).toBeUndefined();
  });
});

describe('calibration', () => {
  it('brierScore() gives scikit-learn’s', () => {
    const { stated, right, score } = golden.brier;
    const answers = stated.map((chance, at) => ({ stated: chance, isRight: right[at] === 1 }));
    expect(brierScore(answers)).toBeCloseTo(score, 12);
    expect(brierScore([])).toBeUndefined();
  });

  it('reliabilityCurve() counts the right ones at each level, lowest first', () => {
    const answers = [0.75, 0.5, 0.75, 0.75].map((stated, at) => ({ stated, isRight: at > 1 }));
    const [low, high] = reliabilityCurve(answers);
    expect(low).toMatchObject({ stated: 0.5, answers: 1, right: { value: 0 } });
    expect(high).toMatchObject({ stated: 0.75, answers: 3, right: { value: 2 / 3 } });
    expect(reliabilityCurve([])).toEqual([]);
  });
});
