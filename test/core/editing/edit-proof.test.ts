import { describe, expect, it } from 'vitest';
import { countsOf, restingNotices, type ProofSet } from '../../../core/editing/edit-proof.ts';
import { judgeDecisions } from '../../../core/editing/judged-decisions.ts';
import { mendsLittle } from '../../../core/wording/edit-words.ts';

const CLASSES = ['cat', 'dog', 'cow'];

/** Ten images of each class, all right before; of each so many wrong after. */
function setOf(lost: readonly number[]): ProofSet {
  const images = lost.flatMap((count, truth) =>
    Array.from({ length: 10 }, (_, i) => ({
      ...{ file: `${truth}/${i}.png`, folder: CLASSES[truth], truth, before: truth },
      after: i < count ? (truth + 1) % 3 : truth,
    })),
  );
  const about = { kind: 'run', folders: ['/p'], known: 0, sides: [], skipped: [] } as const;
  const scores = CLASSES.map((name, index) => ({ index, name, mean: 0, absolute: 0 }));
  return { ...about, scores, ...judgeDecisions(CLASSES, images) };
}

describe('what other classes rest on', () => {
  const about = { explained: 'cat', isAlone: false };

  it('names classes that lose right answers, those that lose most first, and what helps', () => {
    expect(restingNotices([setOf([9, 2, 5])], about)).toEqual([
      'Other classes rest on what was taken out: cow loses 5 of 10 right answers and dog loses 2 of 10 right answers. An edit of the score of cat alone leaves their scores as they were.',
    ]);
    expect(restingNotices([setOf([9, 0, 5])], { ...about, isAlone: true })).toEqual([
      'Other classes rest on what was taken out: cow loses 5 of 10 right answers.',
    ]);
    // One number for all classes: the score of none can be edited alone.
    const one = setOf([9, 0, 5]);
    expect(restingNotices([{ ...one, scores: one.scores.slice(0, 1) }], about)).toEqual([
      'Other classes rest on what was taken out: cow loses 5 of 10 right answers.',
    ]);
  });

  it('says nothing of the explained class, nor of a single answer', () => {
    expect(restingNotices([setOf([9, 1, 0])], about)).toEqual([]);
  });

  it('looks at the next images where none is lost', () => {
    expect(restingNotices([setOf([0, 0, 0]), setOf([0, 0, 3])], about)).toHaveLength(1);
  });
});

describe('an edit that mends little', () => {
  it.each([
    ['few of the mistakes', { fixed: 2, wrong: 9, broken: 0, right: 50 }, true],
    ['as many as it breaks', { fixed: 6, wrong: 9, broken: 6, right: 50 }, true],
    ['a quarter of them, and breaks fewer', { fixed: 2, wrong: 8, broken: 1, right: 50 }, false],
    ['none where there is hardly one to mend', { fixed: 0, wrong: 1, broken: 0, right: 50 }, false],
  ] as const)('is one that mends %s: %j, %s', (_what, counts, isLittle) => {
    expect(mendsLittle(counts)).toBe(isLittle);
  });

  it('is counted by decisions whose right answer is known', () => {
    expect(countsOf(setOf([2, 0, 0]))).toEqual({ fixed: 0, wrong: 0, broken: 2, right: 30 });
    expect(countsOf({ ...setOf([]), fixed: [], broken: [] })).toBeUndefined();
  });
});
