import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOf, frontierOf, halvesOf } from '../../../core/editing/edit-frontier.ts';
import { createRandom } from '../../../core/random.ts';

const counts = (mended: number, broken: number) => ({ mended, broken });

describe('frontierOf()', () => {
  it('keeps what no other edit beats, from the one that breaks least, and of equals the first', () => {
    const tried = [counts(3, 1), counts(3, 2), counts(5, 2), counts(3, 1), counts(0, 0), counts(1, 0)];
    expect(frontierOf(tried)).toEqual([5, 0, 2]);
  });

  it('is empty where nothing mends anything', () => {
    expect(frontierOf([counts(0, 0), counts(0, 3)])).toEqual([]);
    expect(frontierOf([])).toEqual([]);
  });

  it('has for every edit that mends anything one that is no worse', () => {
    const some = fc.array(fc.record({ mended: fc.nat(6), broken: fc.nat(6) }), { maxLength: 30 });
    fc.assert(
      fc.property(some, (tried) => {
        const kept = frontierOf(tried).map((at) => tried[at]);
        for (const one of tried.filter(({ mended }) => mended > 0))
          expect(kept.some(({ mended, broken }) => mended >= one.mended && broken <= one.broken)).toBe(true);
        for (const [i, a] of kept.entries())
          for (const b of kept.slice(i + 1)) expect(a.mended < b.mended && a.broken < b.broken).toBe(true);
      }),
    );
  });
});

describe('bestOf()', () => {
  it('is the largest gain, of equals what breaks least', () => {
    expect(bestOf([counts(5, 2), counts(3, 0), counts(6, 5)])).toBe(1);
    expect(bestOf([counts(2, 2), counts(1, 4)])).toBeUndefined();
  });
});

describe('halvesOf()', () => {
  const images = Array.from({ length: 41 }, (_, i) => ({
    group: i % 3 === 0 ? 'wrong' : 'right',
    // Two copies of one image.
    content: i === 40 ? 'content 1' : `content ${i}`,
  }));

  it('parts every group evenly, copies together, and no image lies in both', () => {
    const { tuning, test } = halvesOf(images, createRandom(3));
    expect([...tuning, ...test].sort((a, b) => a - b)).toEqual([...images.keys()]);
    expect(tuning.includes(1)).toBe(tuning.includes(40));
    const wrong = (half: number[]) => half.filter((at) => images[at].group === 'wrong').length;
    expect(Math.abs(wrong(tuning) - wrong(test))).toBeLessThanOrEqual(1);
  });

  it('is the same for a seed and another for another', () => {
    const draw = (seed: number) => halvesOf(images, createRandom(seed)).tuning;
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
