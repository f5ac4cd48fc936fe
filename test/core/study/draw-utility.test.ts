import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { drawUtility, type Candidate } from '../../../core/study/draw/draw-utility.ts';
import { isNearDuplicate } from '../../../core/study/draw/near-duplicates.ts';
import { smallerSizes, type UtilitySizes } from '../../../core/study/draw/utility-slots.ts';

const SIZES: UtilitySizes = { sessions: 3, train: 5, test: 7, practiceTrain: 4, practiceTest: 2 };

/** Pictures with random looks; `copies` of each after another are near-duplicates. */
function pictures(count: number, seed: number, copies = 1): Candidate[] {
  const random = createRandom(seed);
  const word = (): number => random.integer(2 ** 32);
  let hash: readonly [number, number] = [0, 0];
  return Array.from({ length: count }, (_, at): Candidate => {
    if (at % copies === 0) hash = [word(), word()];
    return {
      answer: random.integer(2) as 0 | 1,
      margin: 5 * random.uniform(),
      isMistake: random.uniform() < 0.3,
      look: { hash: [hash[0] ^ (at % copies), hash[1]] },
    };
  });
}
const drawn = (...asked: Parameters<typeof drawUtility>) => {
  const found = drawUtility(...asked);
  if ('cells' in found) throw new Error(`too few: ${JSON.stringify(found.cells)}`);
  return found;
};

describe('drawUtility()', () => {
  it('draws as many of either answer, every picture once, none nearly the same as another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, copies) => {
        const all = pictures(400, seed, copies);
        const { practice, sessions } = drawn(all, SIZES, 'all', seed);
        const used = [practice, ...sessions].flatMap(({ train, test }) => [...train, ...test]);
        expect(used).toHaveLength(6 + 3 * 12);
        expect(new Set(used).size).toBe(used.length);
        expect(used.filter((at) => all[at].answer === 0)).toHaveLength(21);
        for (const { train, test } of sessions)
          for (const list of [train, test]) {
            const ones = list.filter((at) => all[at].answer === 1).length;
            expect(Math.abs(2 * ones - list.length)).toBeLessThanOrEqual(1);
          }
        for (const [i, a] of used.entries())
          for (const b of used.slice(i + 1)) expect(isNearDuplicate(all[a].look, all[b].look)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('takes hard, middling and easy pictures of each answer in turn', () => {
    const all = pictures(400, 5);
    const { sessions, strata } = drawn(all, SIZES, 'all', 1);
    const used = sessions.flatMap(({ train, test }) => [...train, ...test]);
    for (const answer of [0, 1]) {
      const own = used.filter((at) => all[at].answer === answer);
      const counts = [0, 1, 2].map((stratum) => own.filter((at) => strata[at] === stratum).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      const hard = all.filter((_, at) => strata[at] === 0 && all[at].answer === answer);
      const easy = all.filter((_, at) => strata[at] === 2 && all[at].answer === answer);
      expect(Math.max(...hard.map(({ margin }) => margin))).toBeLessThan(
        Math.min(...easy.map(({ margin }) => margin)),
      );
    }
  });

  it('makes half of them mistakes where these are asked about', () => {
    const all = pictures(600, 2);
    const { practice, sessions } = drawn(all, SIZES, 'failures', 3);
    const used = [practice, ...sessions].flatMap(({ train, test }) => [...train, ...test]);
    expect(used.filter((at) => all[at].isMistake === true)).toHaveLength(2 * Math.floor(used.length / 4));
    for (const answer of [0, 1]) {
      const own = used.filter((at) => all[at].answer === answer);
      expect(Math.abs(own.filter((at) => all[at].isMistake).length - own.length / 2)).toBeLessThanOrEqual(1);
    }
  });

  it('draws the same by the same seed, and others by another', () => {
    const all = pictures(300, 1);
    expect(drawn(all, SIZES, 'all', 1)).toEqual(drawn(all, SIZES, 'all', 1));
    expect(drawn(all, SIZES, 'all', 1)).not.toEqual(drawn(all, SIZES, 'all', 2));
  });

  it('counts what is there where it is too little, near-duplicates once', () => {
    const all = pictures(60, 1, 3);
    const found = drawUtility(all, SIZES, 'all', 1);
    if (!('cells' in found)) throw new Error('a shortage expected');
    expect(found.cells.map(({ needed }) => needed)).toEqual([21, 21]);
    expect(found.cells.reduce((sum, { available }) => sum + available, 0)).toBe(20);
  });

  it('takes pictures whose activations are alike for one', () => {
    const apart = pictures(2, 1).map((one, at) => ({ ...one, answer: at as 0 | 1 }));
    const sizes = { sessions: 1, train: 1, test: 1, practiceTrain: 0, practiceTest: 0 };
    const withActivations = (angle: number) =>
      apart.map((one, at) => ({
        ...one,
        look: { ...one.look, activations: Float32Array.of(Math.cos(at * angle), Math.sin(at * angle)) },
      }));
    expect('cells' in drawUtility(withActivations(Math.acos(0.97)), sizes, 'all', 1)).toBe(false);
    expect('cells' in drawUtility(withActivations(Math.acos(0.99)), sizes, 'all', 1)).toBe(true);
  });
});

describe('smallerSizes()', () => {
  it('offers the largest that there are pictures for, for each number of sessions', () => {
    const available = new Map([
      ['0 null', 14],
      ['1 null', 15],
    ]);
    const asked = { ...SIZES, test: 10 };
    expect(
      smallerSizes(asked, 'all', available).map(({ sessions, train, test }) => [sessions, train, test]),
    ).toEqual([
      [2, 4, 7],
      [1, 5, 10],
    ]);
    expect(smallerSizes(asked, 'all', new Map())).toEqual([]);
  });
});
