import { describe, expect, it } from 'vitest';
import { jobProgressText } from '../../../core/wording/job-words.ts';

describe('jobProgressText()', () => {
  const stand = { kind: 'edit-search', waitsFor: [], isStopping: false } as const;

  it('names the step, which time it is of those that there may be, and how far it is', () => {
    const part = { of: 'round', at: 2, most: 6 } as const;
    expect(jobProgressText({ ...stand, progress: { stage: 'edits', done: 120, total: 400, part } })).toBe(
      'Try edits, round 2 of at most 6, 120 of 400',
    );
    expect(
      jobProgressText({
        ...stand,
        progress: { stage: 'concepts', done: 40, total: 200, part: { of: 'layer', at: 1, most: 3 } },
      }),
    ).toBe('Find concepts, layer 1 of 3, 40 of 200');
    expect(jobProgressText({ ...stand, progress: { stage: 'edit-plan', done: 1, total: 9 } })).toBe(
      'See what goes along with the concepts, 1 of 9',
    );
  });

  it('says nothing while other work is waited for, or nothing is known', () => {
    const progress = { stage: 'edits', done: 1, total: 2 };
    expect(jobProgressText({ ...stand, progress, waitsFor: ['run'] })).toBe('');
    expect(jobProgressText({ ...stand, progress: null })).toBe('');
  });
});
