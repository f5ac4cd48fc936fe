import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseFromFrontier,
  frontierArgument,
  isContender,
  leastRestOf,
  type FrontierPoint,
} from '../../../core/metrics/frontier.ts';

const point = (layer: string, r: number, mean: number, active: number, stability = 0.9): FrontierPoint => ({
  layer,
  r,
  bank: 'usual',
  rest: { mean, low: mean / 2, high: mean * 2 },
  active,
  stability,
});

describe('chooseFromFrontier()', () => {
  it('takes the fewest active concepts of those that leave little and are found again', () => {
    const best = chooseFromFrontier([
      point('late', 5, 0.2, 2),
      point('late', 15, 0.08, 6),
      point('early', 10, 0.09, 4),
      point('early', 25, 0.01, 12),
      point('early', 5, 0.05, 3, 0.5),
    ]);
    expect(best).toMatchObject({ layer: 'early', r: 10 });
  });

  it('takes the smallest rest where none leaves little, of those that are found again if any is', () => {
    const some = [point('a', 5, 0.4, 2), point('a', 10, 0.3, 5), point('b', 10, 0.2, 5, 0.4)];
    expect(chooseFromFrontier(some)).toMatchObject({ layer: 'a', r: 10 });
    expect(chooseFromFrontier(some.slice(2))).toMatchObject({ layer: 'b' });
    expect(chooseFromFrontier([])).toBeUndefined();
  });

  it('is told with the rule that took it', () => {
    const [fit, unlike, much] = [point('a', 5, 0.05, 2), point('a', 5, 0.05, 2, 0.5), point('a', 5, 0.5, 2)];
    expect(frontierArgument([unlike, much, fit])).toBe('fewest-active');
    expect(frontierArgument([unlike, much])).toBe('least-rest');
    expect(frontierArgument([unlike])).toBe('none-found-again');
  });

  it('is never beaten by another that is found again, in both rest and active concepts', () => {
    const points = fc.array(
      fc
        .record({ mean: fc.double({ min: 0, max: 1, noNaN: true }), active: fc.integer({ min: 1, max: 20 }) })
        .map(({ mean, active }) => point('l', active, mean, active)),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(points, (all) => {
        const best = chooseFromFrontier(all)!;
        const isBeaten = all.some(({ rest, active }) => rest.mean < best.rest.mean && active < best.active);
        expect(isBeaten && best.rest.mean > 0.1).toBe(false);
        if (all.some(({ rest }) => rest.mean <= 0.1)) expect(best.rest.mean).toBeLessThanOrEqual(0.1);
      }),
    );
  });
});

describe('isContender()', () => {
  it('gives up what leaves far more than the least, or is not found again', () => {
    const least = leastRestOf([point('a', 5, 0.3, 2), point('a', 10, 0.2, 5), point('b', 10, 0.1, 5, 0.4)]);
    expect(least).toBe(0.2);
    expect(isContender(point('a', 15, 0.34, 5), least)).toBe(true);
    expect(isContender(point('a', 15, 0.36, 5), least)).toBe(false);
    expect(isContender(point('b', 10, 0.1, 5, 0.4), least)).toBe(false);
  });

  it('gives up nothing where no point is found again', () => {
    const unlike = point('a', 5, 0.9, 2, 0.5);
    expect(isContender(unlike, leastRestOf([unlike, point('b', 5, 0.1, 2, 0.4)]))).toBe(true);
  });
});
