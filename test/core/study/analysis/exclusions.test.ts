import { describe, expect, it } from 'vitest';
import { countedTrials, excludeParticipants } from '../../../../core/study/analysis/exclusions.ts';
import { answer, dataOf } from './sample-study.ts';

const RULES = { quizTries: 2, leastCatchShare: 0.5, leastMedianMs: 1000 };

describe('excludeParticipants()', () => {
  it('leaves out by the frozen rules and says why, each reason counted', () => {
    const caught = (participant: number, ...right: boolean[]) =>
      right.map((isCorrect) => answer(participant, 'control', { kind: 'catch', isCorrect }));
    const data = dataOf(
      [
        ...[answer(1, 'control'), ...caught(1, true, false)],
        ...[answer(2, 'control'), ...caught(2, true, false, false)],
        ...[answer(3, 'control', { milliseconds: 999 }), answer(3, 'control', { milliseconds: 999 })],
        ...[answer(4, 'control', { milliseconds: 100 }), answer(4, 'control', { milliseconds: 1900 })],
        answer(5, 'control'),
        answer(6, 'control', { milliseconds: 10 }),
        answer(7, 'control', { kind: 'practice', session: 0 }),
        answer(8, 'control'),
      ],
      {
        5: { isQuizPassed: false },
        6: { status: 'started', isQuizPassed: false },
        8: { status: 'withdrawn', isQuizPassed: null },
      },
    );
    const found = excludeParticipants(data, RULES);
    expect(
      Object.fromEntries(found.excluded.map(({ participant, reasons }) => [participant, reasons])),
    ).toEqual({
      2: ['catch'],
      3: ['fast'],
      5: ['quiz'],
      6: ['unfinished', 'quiz', 'fast'],
      7: ['unfinished'],
      8: ['withdrawn'],
    });
    expect(found).toMatchObject({
      participants: 8,
      included: 2,
      counts: { withdrawn: 1, unfinished: 2, quiz: 2, catch: 1, fast: 2 },
    });
    expect(new Set(countedTrials(data, found).map(({ participant }) => participant))).toEqual(
      new Set([1, 4]),
    );
    expect(countedTrials(data, found).every(({ kind }) => kind === 'test')).toBe(true);
  });

  it('asks for nothing that the study did not have: no quiz, no catch trials', () => {
    const data = dataOf([answer(1, 'all')], { 1: { isQuizPassed: null } });
    expect(excludeParticipants(data, RULES).excluded).toEqual([]);
    expect(excludeParticipants(dataOf([]), RULES)).toMatchObject({ participants: 0, included: 0 });
  });
});
