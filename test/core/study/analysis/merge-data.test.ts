import { describe, expect, it } from 'vitest';
import { TesseraError } from '../../../../core/errors.ts';
import { excludeParticipants } from '../../../../core/study/analysis/exclusions.ts';
import { mergeStudyData, type StudyPart } from '../../../../core/study/analysis/merge-data.ts';
import { participantRows, trialRows } from '../../../../core/study/analysis/study-tables.ts';
import { csvText } from '../../../../core/wording/csv.ts';
import type { StudyData, Trial } from '../../../../core/study/trial.ts';
import { answer, answersFrom, dataOf, frozen, utilityMaterial } from './sample-study.ts';

const STUDY = frozen(utilityMaterial(1, ['s1p1', 's1p2']));

function refusal(parts: readonly StudyPart[]): TesseraError {
  try {
    mergeStudyData(STUDY, parts);
  } catch (error) {
    if (error instanceof TesseraError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('mergeStudyData()', () => {
  const first = dataOf(answersFrom(4, 'control', '10'));
  const second = dataOf([...answersFrom(2, 'concept-maps', '11'), ...answersFrom(4, 'control', '10')]);

  it('joins machines, takes a copied participant once and sorts by number', () => {
    const parts = [
      { name: 'a', data: first },
      { name: 'b', data: { ...second, trials: [...second.trials].reverse() } },
    ];
    const joined = mergeStudyData(STUDY, parts);
    expect(joined.participants.map(({ participant }) => participant)).toEqual([2, 4]);
    expect(joined.trials.map(({ participant, trial }) => [participant, trial])).toEqual([
      [2, 1],
      [2, 2],
      [4, 1],
      [4, 2],
    ]);
    expect(mergeStudyData(STUDY, [...parts].reverse())).toEqual(joined);
    expect(mergeStudyData(STUDY, [])).toMatchObject({ participants: [], trials: [] });
  });

  it('refuses answers to another study in words', () => {
    const error = refusal([{ name: 'folder lab-2', data: { ...first, study: 'ff00'.repeat(16) } }]);
    expect(error.code).toBe('bad-project');
    expect(error.message).toBe(
      'folder lab-2 has answers to another study: its hash is ff00ff00ff00…, that of “What helps?” is a1b2c3d4e5f6….',
    );
    expect(error.hint).toMatch(/^Only answers to one frozen study can be joined/);
  });

  it('refuses a number that was given out twice', () => {
    const other = dataOf(answersFrom(4, 'control', '01'));
    const error = refusal([
      { name: 'lab-1', data: first },
      { name: 'lab-2', data: other },
    ]);
    expect(error.message).toBe('Participant 4 is in lab-1 and in lab-2, with different answers.');
    expect(error.hint).toMatch(/^Numbers must be given out once/);
    const withdrawn = {
      ...first,
      participants: [{ ...first.participants[0], status: 'withdrawn' as const }],
      trials: [],
    };
    expect(
      refusal([
        { name: 'lab-1', data: first },
        { name: 'lab-2', data: withdrawn },
      ]).code,
    ).toBe('bad-project');
  });
});

describe('answers that do not fit', () => {
  const good = dataOf(answersFrom(4, 'control', '10'));
  const [first, second] = good.trials;
  const [person] = good.participants;
  const changed = (trials: readonly Trial[], participants = [person]): StudyData => ({
    ...good,
    participants,
    trials,
  });

  it.each([
    ['a participant is there twice', changed([first], [person, person])],
    [
      'participant 4 is in a condition “saliency” that it does not have',
      changed([], [{ ...person, condition: 'saliency' }]),
    ],
    [
      'answer 1 of participant 4 is in another condition than the participant',
      changed([{ ...first, condition: 'concept-maps' }]),
    ],
    [
      'answer 2 of participant 9 is in another condition than the participant',
      changed([{ ...second, participant: 9 }]),
    ],
    [
      'answer 1 of participant 4 is to an item “p9” that it does not have',
      changed([{ ...first, item: 'p9' }]),
    ],
    ['answer 1 of participant 4 is of session 2, and it has 1', changed([{ ...first, session: 2 }])],
    ['answer 1 of participant 4 is there twice', changed([first, first])],
  ])('are refused: %s', (fault, data) => {
    const error = refusal([{ name: 'lab-2', data }]);
    expect(error.code).toBe('bad-project');
    expect(error.message).toBe(`lab-2 does not fit the study: ${fault}.`);
  });

  it('may be of practice, before the sessions', () => {
    const practice = { ...first, kind: 'practice' as const, session: 0 };
    expect(mergeStudyData(STUDY, [{ name: 'a', data: changed([practice]) }]).trials).toEqual([practice]);
  });
});

describe('tables', () => {
  const data = dataOf([
    ...answersFrom(1, 'control', '10'),
    answer(1, 'control', { kind: 'catch', trial: 3, isCorrect: false, confidence: 4 }),
  ]);

  it('have one row a trial and one a participant', () => {
    expect(csvText(trialRows(data))).toBe(
      [
        'participant,condition,session,trial,kind,item,picture,concept,answer,response,correct,confidence,milliseconds',
        '1,control,1,1,test,s1p1,s1p1,,0,0,1,,3000',
        '1,control,1,2,test,s1p2,s1p2,,1,0,0,,3000',
        '1,control,1,3,catch,p1,p1,,0,1,0,4,3000',
        '',
      ].join('\n'),
    );
    const exclusions = excludeParticipants(data, STUDY.study.rules);
    expect(csvText(participantRows(data, exclusions))).toBe(
      [
        'participant,condition,status,quiz_passed,answers,right,catch_trials,catch_right,median_milliseconds,excluded_for',
        '1,control,finished,1,2,1,1,0,3000,catch',
        '',
      ].join('\n'),
    );
  });

  it('leave right answers empty where no answer is right', () => {
    const choices = dataOf([answer(1, 'all', { isCorrect: null })], { 1: { isQuizPassed: null } });
    const rows = participantRows(choices, excludeParticipants(choices, STUDY.study.rules));
    expect(rows[1].slice(3, 6)).toEqual([null, 1, null]);
  });
});
