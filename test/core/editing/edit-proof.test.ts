import { describe, expect, it } from 'vitest';
import { restingNotices, type ProofSet } from '../../../core/editing/edit-proof.ts';
import { judgeDecisions } from '../../../core/editing/judged-decisions.ts';

const CLASSES = ['cat', 'dog', 'cow'];

/** Ten images of each class, all right before; of each so many wrong after. */
function setOf(lost: readonly number[]): ProofSet {
  const images = lost.flatMap((count, truth) =>
    Array.from({ length: 10 }, (_, i) => ({
      ...{ file: `${truth}/${i}.png`, folder: CLASSES[truth], truth, before: truth },
      after: i < count ? (truth + 1) % 3 : truth,
    })),
  );
  const about = { kind: 'run', folders: ['/p'], known: 0, scores: [], sides: [], skipped: [] } as const;
  return { ...about, ...judgeDecisions(CLASSES, images) };
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
  });

  it('says nothing of the explained class, nor of a single answer', () => {
    expect(restingNotices([setOf([9, 1, 0])], about)).toEqual([]);
  });

  it('looks at the next images where none is lost', () => {
    expect(restingNotices([setOf([0, 0, 0]), setOf([0, 0, 3])], about)).toHaveLength(1);
  });
});
