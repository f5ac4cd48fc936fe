import { describe, expect, it } from 'vitest';
import { driftOf } from '../../../core/metrics/drift.ts';
import { falseDiscoveryRates } from '../../../core/metrics/false-discovery.ts';
import { createRandom } from '../../../core/random.ts';

describe('falseDiscoveryRates()', () => {
  it('gives the adjusted p-values of Benjamini and Hochberg', () => {
    // By hand: p · n / rank, made monotone from the largest on.
    const rates = falseDiscoveryRates([0.01, 0.04, 0.03, 0.005]);
    expect(rates.map((rate) => Number(rate.toFixed(6)))).toEqual([0.02, 0.04, 0.04, 0.02]);
  });

  it('finds nothing in what is not known, which counts for nothing', () => {
    expect(falseDiscoveryRates([NaN, 0.01])).toEqual([1, 0.01]);
    expect(falseDiscoveryRates([])).toEqual([]);
  });
});

describe('driftOf()', () => {
  const AMOUNTS = 6;
  /** So many images of noise; one amount is raised. */
  function images(count: number, seed: number, raised?: number, by = 0): Float64Array[] {
    const random = createRandom(seed);
    return Array.from({ length: count }, () =>
      Float64Array.from({ length: AMOUNTS }, (_, k) => Math.abs(random.normal()) + (k === raised ? by : 0)),
    );
  }

  it('finds the amount that changed, and says which way', () => {
    const drifts = driftOf(images(40, 1), images(30, 2, 3, 2), 0)!;
    expect(drifts.map(({ isDrift }) => isDrift)).toEqual([0, 1, 2, 3, 4, 5].map((k) => k === 3));
    expect(drifts[3].now).toBeGreaterThan(drifts[3].before);
    expect(drifts[3].distance).toBeGreaterThan(drifts[3].usual);
  });

  it('raises no more false alarms than it promises', () => {
    let alarms = 0;
    const trials = 60;
    for (let trial = 0; trial < trials; trial++)
      alarms += Number(
        driftOf(images(20, 100 + trial), images(20, 900 + trial), trial)!.some(({ isDrift }) => isDrift),
      );
    // 5 % are promised; 99.9 % of such series have fewer than 10 of 60.
    expect(alarms).toBeLessThan(10);
  });

  it('measures the largest difference of the distribution functions, equal amounts at once', () => {
    const of = (...values: number[]) => values.map((value) => [value]);
    const [drift] = driftOf(of(0, 0, 0, 1, 1), of(0, 1, 1, 1, 2), 0)!;
    expect(drift.distance).toBeCloseTo(0.4, 12);
    const [same] = driftOf(of(3, 3, 3, 3, 3), of(3, 3, 3, 3, 3), 0)!;
    expect(same).toMatchObject({ distance: 0, p: 1, isDrift: false });
  });

  it('looks at as many of very many images, and means over all', () => {
    const few = images(30, 5);
    const many = Array.from({ length: 6000 }, (_, i) => few[i % few.length].map((value) => value + i * 1e-9));
    const [drift] = driftOf(few, many, 0)!;
    expect(drift).toMatchObject({ isDrift: false });
    expect(drift.now).toBeCloseTo(drift.before, 4);
  });

  it('says nothing of too few images', () => {
    expect(driftOf(images(4, 1), images(40, 2), 0)).toBeUndefined();
    expect(driftOf(images(40, 1), images(4, 2), 0)).toBeUndefined();
  });
});
