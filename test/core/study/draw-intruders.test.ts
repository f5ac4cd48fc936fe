import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { drawIntruders, type CropConcept, type StrongCrop } from '../../../core/study/draw/draw-intruders.ts';

const BOX = [0, 0, 36, 36] as const;

interface Options {
  readonly pictures?: number;
  readonly box?: StrongCrop['box'];
  readonly kin?: readonly string[];
  /** Amount in a picture; by default the concept is in every third one. */
  readonly amountIn?: (picture: number) => number;
  readonly amountAt?: (picture: number) => number;
}

/** A concept that is strong in some of the pictures. */
function concept(place: number, options: Options = {}): CropConcept {
  const { pictures = 30, box = BOX, kin = [] } = options;
  const random = createRandom(place);
  const noise = Array.from({ length: pictures }, () => random.uniform());
  const amountIn =
    options.amountIn ??
    ((picture) => (picture % 3 === place % 3 ? 0.5 + noise[picture] / 2 : noise[picture] / 5));
  const crops = noise
    .map((_, picture) => ({ picture, box, amount: amountIn(picture) }))
    .sort((a, b) => b.amount - a.amount);
  return {
    id: `c${place}`,
    name: `Concept ${place}`,
    isPart: kin.length > 0,
    kin,
    crops,
    strengthIn: amountIn,
    strengthAt: options.amountAt ?? amountIn,
  };
}

describe('drawIntruders()', () => {
  it('sets four strong crops of different pictures against a strong one of another, where the first is weak', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, count) => {
        const concepts = [0, 1, 2, 3].map((place) => concept(place));
        const { sets, left, byPlace } = drawIntruders(concepts, count, seed);
        expect(left).toEqual([]);
        expect(byPlace).toEqual([]);
        expect(sets).toHaveLength(4 * count);
        for (const { concept: own, own: four, intruder, intruderConcept } of sets) {
          expect(four.every(({ amount }) => amount >= 0.5)).toBe(true);
          expect(new Set([...four, intruder].map(({ picture }) => picture)).size).toBe(5);
          expect(intruderConcept.id).not.toBe(own.id);
          expect(intruder.amount).toBeGreaterThanOrEqual(0.5);
          expect(own.strengthIn(intruder.picture)).toBeLessThan(0.25);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes intruders of similar amount', () => {
    const { sets } = drawIntruders(
      [0, 1, 2].map((place) => concept(place, { pictures: 90 })),
      8,
      1,
    );
    const gaps = sets.map(
      ({ own, intruder }) => own.reduce((sum, { amount }) => sum + amount / 4, 0) - intruder.amount,
    );
    expect(Math.abs(gaps.reduce((sum, gap) => sum + gap / gaps.length, 0))).toBeLessThan(0.05);
  });

  it('uses all crops before any comes again', () => {
    const { sets } = drawIntruders(
      [0, 1].map((place) => concept(place, { pictures: 24 })),
      4,
      3,
    );
    const seen = sets.filter(({ concept: { id } }) => id === 'c0').flatMap(({ own }) => own);
    const counts = new Map<number, number>();
    for (const { picture } of seen) counts.set(picture, (counts.get(picture) ?? 0) + 1);
    expect(counts.size).toBe(8);
    expect([...counts.values()].every((count) => count === 2)).toBe(true);
  });

  it('sets no part against its concept, and only crops of one size against each other', () => {
    const part = concept(1, { kin: ['c0'], amountIn: (picture) => (picture % 3 === 1 ? 0.9 : 0.1) });
    const other = concept(2, { kin: ['c0'] });
    const small = concept(4, { box: [0, 0, 20, 20] });
    const { sets, left } = drawIntruders([concept(0), part, other, small], 4, 1);
    expect(
      new Set(sets.map(({ concept: { id }, intruderConcept }) => `${id} ${intruderConcept.id}`)),
    ).toEqual(new Set(['c1 c2', 'c2 c1']));
    expect(left.map(({ concept: { id }, reason }) => `${id} ${reason}`)).toEqual([
      'c0 everywhere',
      'c4 everywhere',
    ]);
  });

  it('takes places where a concept is weak if no picture is free of it, and leaves out what is neither', () => {
    const everywhere = { amountIn: () => 0.8 };
    const byPlace = concept(0, { ...everywhere, amountAt: () => 0.1 });
    const found = drawIntruders([byPlace, concept(1), concept(2, everywhere)], 3, 1);
    expect(found.byPlace.map(({ id }) => id)).toEqual(['c0']);
    expect(found.left.map(({ concept: { id }, reason }) => `${id} ${reason}`)).toEqual(['c2 everywhere']);
    const rare = concept(5, { amountIn: (picture) => (picture < 3 ? 0.9 : 0) });
    expect(drawIntruders([rare, concept(1)], 3, 1).left).toMatchObject([{ reason: 'few-crops' }]);
  });

  it('draws the same by the same seed', () => {
    const asked = [0, 1, 2].map((place) => concept(place));
    const told = (seed: number) =>
      drawIntruders(asked, 5, seed).sets.map(({ own, intruder }) =>
        [...own, intruder].map(({ picture }) => picture),
      );
    expect(told(1)).toEqual(told(1));
    expect(told(1)).not.toEqual(told(2));
  });
});
