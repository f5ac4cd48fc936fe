import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waterfallBars, waterfallExtent } from '../../../renderer/charts/waterfall-bars.ts';

const level = fc.double({ min: -50, max: 50, noNaN: true });

describe('waterfallBars()', () => {
  it('leads without a gap from the baseline to the logit, however many steps are drawn as one', () => {
    fc.assert(
      fc.property(
        level,
        fc.array(level, { maxLength: 40 }),
        level,
        fc.integer({ min: 1, max: 20 }),
        (baseline, changes, unexplained, most) => {
          const steps = changes.map((change, i) => ({ concept: `c${i}`, change }));
          const logit = baseline + changes.reduce((sum, change) => sum + change, 0) + unexplained;
          const bars = waterfallBars({ baseline, steps, unexplained, logit }, (id) => id, most);
          expect(bars.length).toBeLessThanOrEqual(most + 4);
          for (let i = 1; i < bars.length - 1; i++) expect(bars[i].from).toBe(bars[i - 1].to);
          expect(bars.at(-2)!.to).toBeCloseTo(logit, 8);
          expect(bars.at(-1)).toMatchObject({ kind: 'total', from: 0, to: logit });
        },
      ),
    );
  });

  it('keeps the steps of the largest change and names the others by their number', () => {
    const steps = [0.1, -3, 0.2, 2].map((change, i) => ({ concept: `c${i}`, change }));
    const bars = waterfallBars({ baseline: 1, steps, unexplained: 0, logit: 0.3 }, (id) => id, 2);
    expect(bars.map(({ label }) => label)).toEqual([
      'Without concepts',
      'c1',
      'c3',
      '2 more',
      'What no concept explains',
      'Logit',
    ]);
    expect(waterfallExtent(bars)).toEqual([-2, 1]);
  });
});
