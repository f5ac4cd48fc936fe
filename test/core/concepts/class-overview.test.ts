import { describe, expect, it } from 'vitest';
import { classOverview } from '../../../core/concepts/class-overview.ts';
import type { Explanation } from '../../../core/concepts/explanation.ts';

/** An explanation of a class that rests on concepts of the bank so much. */
function explanation(classIndex: number, means: Readonly<Record<string, number>>): Explanation {
  const concepts = Object.entries(means).map(([id, mean]) => ({
    id,
    name: `Concept ${Number(id.slice(1)) + 1}`,
    importance: { mean, low: mean / 2, high: Math.min(1, mean * 2) },
  }));
  return { classIndex, className: `class ${classIndex}`, concepts } as unknown as Explanation;
}

describe('classOverview()', () => {
  const overview = classOverview([
    explanation(0, { c0: 0.6, c1: 0.3, c2: 0.01 }),
    explanation(1, { c2: 0.7, c0: 0.02, c3: 0.2 }),
    explanation(2, { c0: 0.5, c1: 0.4, c3: 0.001 }),
  ]);

  it('lays every concept that counts for any class beside all classes', () => {
    expect(overview.concepts.map(({ id }) => id).sort()).toEqual(['c0', 'c1', 'c2', 'c3']);
    const c0 = overview.concepts.find(({ id }) => id === 'c0')!;
    expect(c0.name).toBe('Concept 1');
    expect(c0.countsFor).toEqual([0, 2]);
    expect(overview.classes.map((index, at) => [index, c0.importance[at].mean])).toEqual(
      expect.arrayContaining([
        [0, 0.6],
        [1, 0.02],
        [2, 0.5],
      ]),
    );
    const few = classOverview([explanation(0, { c0: 0.9, c1: 0.04 })]);
    expect(few.concepts.map(({ id }) => id)).toEqual(['c0']);
  });

  it('puts classes that rest on the same concepts beside each other', () => {
    const places = [0, 2].map((index) => overview.classes.indexOf(index));
    expect(Math.abs(places[0] - places[1])).toBe(1);
  });

  it('has nothing where no concept counts', () => {
    expect(classOverview([explanation(0, { c0: 0 })])).toEqual({ classes: [0], concepts: [] });
  });
});
