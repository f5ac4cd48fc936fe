import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarExact } from '../../../core/metrics/mcnemar.ts';

describe('mcnemarExact', () => {
  it('is twice the smaller tail of fair coins', () => {
    expect(mcnemarExact(5, 0)).toBeCloseTo(2 / 32, 12);
    expect(mcnemarExact(2, 10)).toBeCloseTo((2 * (1 + 12 + 66)) / 4096, 12);
  });

  it('is 1 where nothing changed, or as much for the better as for the worse', () => {
    expect(mcnemarExact(0, 0)).toBe(1);
    expect(mcnemarExact(3, 3)).toBe(1);
    expect(mcnemarExact(1, 0)).toBeCloseTo(1, 12);
  });

  it('is the same from either side, and between 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (gained, lost) => {
        const p = mcnemarExact(gained, lost);
        expect(p).toBe(mcnemarExact(lost, gained));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });
});
