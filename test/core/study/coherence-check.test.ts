import { describe, expect, it } from 'vitest';
import { coherenceOf, drawCheck, shownKey, type CheckAnswer } from '../../../core/study/coherence-check.ts';
import type { CropConcept } from '../../../core/study/draw/draw-intruders.ts';

/** Concepts each of which is in every fourth picture alone; the last is a part. */
const concepts = [0, 1, 2, 3].map((place): CropConcept => {
  const amountIn = (picture: number): number => (picture % 4 === place ? 0.6 + picture / 100 : 0);
  const crops = Array.from({ length: 40 }, (_, picture) => ({
    picture,
    box: [0, 0, 8, 8] as const,
    amount: amountIn(picture),
  }));
  return {
    ...{ id: place === 3 ? 'c0-1' : `c${place}`, name: `Concept ${place}`, isPart: place === 3, kin: [] },
    crops: crops.sort((a, b) => b.amount - a.amount),
    strengthIn: amountIn,
    strengthAt: amountIn,
  };
});

describe('a check of coherence', () => {
  it('asks of every concept, three sets in a short one and eight in a thorough one, where parts are asked of, too', () => {
    const asked = (size: 'quick' | 'thorough') => {
      const ids = drawCheck(concepts, { number: 1, size }).map(({ concept }) => concept.id);
      return Object.fromEntries([...new Set(ids)].map((id) => [id, ids.filter((one) => one === id).length]));
    };
    expect(asked('quick')).toEqual({ c0: 3, c1: 3, c2: 3 });
    expect(asked('thorough')).toEqual({ c0: 8, c1: 8, c2: 8, 'c0-1': 8 });
  });

  it('is the same again by its number, another by another, and has the odd crop in any place', () => {
    const draw = (number: number) => drawCheck(concepts, { number, size: 'thorough' });
    expect(draw(2)).toEqual(draw(2));
    expect(draw(2)).not.toEqual(draw(3));
    const places = [1, 2, 3, 4, 5, 6].flatMap((number) => draw(number).map(({ intruder }) => intruder));
    for (const place of [0, 1, 2, 3, 4]) {
      const share = places.filter((one) => one === place).length / places.length;
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.3);
    }
    for (const { concept, crops, intruder } of draw(1))
      for (const [place, crop] of crops.entries())
        expect(concept.strengthIn(crop.picture) > 0).toBe(place !== intruder);
  });
});

describe('coherence', () => {
  const answers = (concept: string, found: number, asked: number): CheckAnswer[] =>
    Array.from({ length: asked }, (_, set) => ({
      ...{ number: 1, size: 'thorough' as const, set, concept },
      isFound: set < found,
    }));

  it('is 1 where all are found, 0 at chance, and not known of what was not asked about', () => {
    expect(coherenceOf('c1', answers('c1', 8, 8))).toMatchObject({ found: 8, asked: 8, value: 1, high: 1 });
    expect(coherenceOf('c1', answers('c1', 2, 10))!.value).toBeCloseTo(0);
    expect(coherenceOf('c2', answers('c1', 8, 8))).toBeUndefined();
  });

  it("has Wilson's interval, with chance taken off", () => {
    // Wilson for 6 of 8: 0.4093 to 0.9285.
    const { low, high } = coherenceOf('c1', answers('c1', 6, 8))!;
    expect(low).toBeCloseTo((0.40927 - 0.2) / 0.8, 4);
    expect(high).toBeCloseTo((0.92852 - 0.2) / 0.8, 4);
  });

  it('is of a concept as it is shown: merged with another it is another one', () => {
    expect(shownKey({ id: 'c3' })).toBe('c3');
    expect(shownKey({ id: 'c3', merged: ['c3', 'c1'] })).toBe('c1+c3');
  });
});
