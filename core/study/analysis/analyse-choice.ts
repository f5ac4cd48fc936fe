import { group } from 'd3';
import { holmAdjusted } from '../../metrics/holm.ts';
import { mcnemarExact } from '../../metrics/mcnemar.ts';
import { shareEstimate } from '../../metrics/wilson.ts';
import type { ChoiceItem, Study } from '../study.ts';
import type { Trial } from '../trial.ts';
import { answersOf, participantShares } from './answers.ts';
import { answerTimes, type AnswerTimes } from './person-figures.ts';
import { NO_ANSWERS, shareOfAnswers, type ShareOfAnswers } from './shares.ts';
import { noFigure, type StudyFigure } from './study-figure.ts';

/** How many find a concept clearer than one of its parts. */
export interface PartPreference {
  readonly concept: string;
  readonly name: string;
  readonly part: string;
  readonly partName: string;
  readonly answers: number;
  /** Answers for the part. */
  readonly forPart: number;
  /** Share of answers for the part, with Wilson's interval: each participant is asked once. */
  readonly share: StudyFigure;
  /** Sign test, and after Holm over the parts; null without answers. */
  readonly p: number | null;
  readonly adjusted: number | null;
}

/** Are parts clearer than the concepts that they are parts of? */
export interface ChoiceAnalysis {
  readonly kind: 'choice';
  /** Share of all answers that are for the part. */
  readonly share: ShareOfAnswers;
  /** Participants who chose parts more often than concepts, and less often. */
  readonly morePart: number;
  readonly moreConcept: number;
  /** Sign test over participants; null where nobody leans to either side. */
  readonly p: number | null;
  readonly parts: readonly PartPreference[];
  readonly times: AnswerTimes;
}

/**
 * Analyses a study of choices by the answers that count. Every comparison is of a concept with a part of it, so that strengths by
 * Bradley and Terry would say the same as the shares, pair by pair; the shares are told.
 */
export function analyseChoice(
  { seed }: Study,
  items: readonly ChoiceItem[],
  trials: readonly Trial[],
): ChoiceAnalysis {
  const isForPart = ({ response }: Trial): boolean => response === 1;
  const answers = answersOf(trials, ['all'], isForPart, ({ item }) => item);
  const shares = participantShares(answers);
  const [morePart, moreConcept] = [
    shares.filter((share) => share > 0.5 + 1e-9).length,
    shares.filter((share) => share < 0.5 - 1e-9).length,
  ];
  const parts = [...group(items, ({ concept, part }) => JSON.stringify([concept, part])).values()].map(
    (own) =>
      preferenceOf(own[0], trials.filter(({ item }) => own.some(({ id }) => id === item)).map(isForPart)),
  );
  const adjusted = holmAdjusted(parts.map(({ p }) => p ?? NaN));
  return {
    kind: 'choice',
    share: shareOfAnswers(answers, seed),
    morePart,
    moreConcept,
    p: morePart + moreConcept === 0 ? null : mcnemarExact(morePart, moreConcept),
    parts: parts.map((one, at) => ({ ...one, adjusted: one.p === null ? null : adjusted[at] })),
    times: answerTimes(trials),
  };
}

function preferenceOf(
  { concept, name, part, partName }: ChoiceItem,
  areForPart: readonly boolean[],
): Omit<PartPreference, 'adjusted'> {
  const answers = areForPart.length;
  const forPart = areForPart.filter(Boolean).length;
  const counts = { concept, name, part, partName, answers, forPart };
  if (answers === 0) return { ...counts, share: noFigure(NO_ANSWERS), p: null };
  const { value, low, high } = shareEstimate(forPart, answers);
  const share = { value, interval: { low, high }, reason: null };
  return { ...counts, share, p: mcnemarExact(forPart, answers - forPart) };
}
