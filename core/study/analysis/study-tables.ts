import { group } from 'd3';
import type { CsvCell } from '../../wording/csv.ts';
import { medianOf } from '../../metrics/median.ts';
import type { StudyData, Trial } from '../trial.ts';
import type { Exclusions } from './exclusions.ts';

/** Columns of `trials.csv`, and the field of a trial in each. */
const TRIAL_COLUMNS: readonly (readonly [name: string, field: keyof Trial])[] = [
  ['participant', 'participant'],
  ['condition', 'condition'],
  ['session', 'session'],
  ['trial', 'trial'],
  ['kind', 'kind'],
  ['item', 'item'],
  ['picture', 'picture'],
  ['concept', 'concept'],
  ['answer', 'answer'],
  ['response', 'response'],
  ['correct', 'isCorrect'],
  ['confidence', 'confidence'],
  ['milliseconds', 'milliseconds'],
];

/** Rows of `trials.csv`: every answered question, one a row, names of columns first. */
export function trialRows({ trials }: StudyData): CsvCell[][] {
  return [
    TRIAL_COLUMNS.map(([name]) => name),
    ...trials.map((trial) => TRIAL_COLUMNS.map(([, field]) => cellOf(trial[field]))),
  ];
}

/** Rows of `participants.csv`: one participant a row, with what the exclusion rules look at; names of columns first. */
export function participantRows({ participants, trials }: StudyData, { excluded }: Exclusions): CsvCell[][] {
  const own = group(trials, ({ participant }) => participant);
  const names = [
    ...[
      'participant',
      'condition',
      'status',
      'quiz_passed',
      'answers',
      'right',
      'catch_trials',
      'catch_right',
    ],
    ...['median_milliseconds', 'excluded_for'],
  ];
  const rightOf = (asked: readonly Trial[]): number =>
    asked.filter(({ isCorrect }) => isCorrect === true).length;
  const rows = participants.map(({ participant, condition, status, isQuizPassed }): CsvCell[] => {
    const of = (kind: Trial['kind']): Trial[] =>
      (own.get(participant) ?? []).filter((trial) => trial.kind === kind);
    const [tests, catches] = [of('test'), of('catch')];
    const reasons = excluded.find((one) => one.participant === participant)?.reasons ?? [];
    const judged = tests.some(({ isCorrect }) => isCorrect !== null);
    return [
      ...[participant, condition, status, cellOf(isQuizPassed), tests.length, judged ? rightOf(tests) : null],
      ...[catches.length, rightOf(catches)],
      tests.length === 0 ? null : medianOf(tests.map(({ milliseconds }) => milliseconds)),
      reasons.join(' '),
    ];
  });
  return [names, ...rows];
}

function cellOf(value: Trial[keyof Trial]): CsvCell {
  return typeof value === 'boolean' ? Number(value) : value;
}
