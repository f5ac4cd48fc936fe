import { group } from 'd3';
import { medianOf } from '../../metrics/median.ts';
import type { ExclusionRules } from '../study.ts';
import type { Participant, StudyData, Trial } from '../trial.ts';

/** Why somebody's answers are left out, in the order in which reasons are told. */
export const EXCLUSION_REASONS = ['withdrawn', 'unfinished', 'quiz', 'catch', 'fast'] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** A participant whose answers are left out. */
export interface Excluded {
  readonly participant: number;
  readonly condition: string;
  /** All that apply; never none. */
  readonly reasons: readonly ExclusionReason[];
}

/** Who is left out, and how many stay. */
export interface Exclusions {
  readonly participants: number;
  readonly included: number;
  readonly excluded: readonly Excluded[];
  /** Participants to whom a reason applies; one may count for several. */
  readonly counts: Readonly<Record<ExclusionReason, number>>;
}

/**
 * Applies the frozen rules: who failed the quiz, answered too few catch trials right, or answered faster (median of the
 * questions that count) than a picture can be looked at; and who withdrew or did not come to the end.
 */
export function excludeParticipants({ participants, trials }: StudyData, rules: ExclusionRules): Exclusions {
  const own = group(trials, ({ participant }) => participant);
  const excluded = participants.flatMap((one) => {
    const reasons = reasonsFor(one, own.get(one.participant) ?? [], rules);
    const { participant, condition } = one;
    return reasons.length === 0 ? [] : [{ participant, condition, reasons }];
  });
  const count = (reason: ExclusionReason): number =>
    excluded.filter(({ reasons }) => reasons.includes(reason)).length;
  return {
    participants: participants.length,
    included: participants.length - excluded.length,
    excluded,
    counts: {
      withdrawn: count('withdrawn'),
      unfinished: count('unfinished'),
      quiz: count('quiz'),
      catch: count('catch'),
      fast: count('fast'),
    },
  };
}

function reasonsFor(
  { status, isQuizPassed }: Participant,
  trials: readonly Trial[],
  { leastCatchShare, leastMedianMs }: ExclusionRules,
): ExclusionReason[] {
  if (status === 'withdrawn') return ['withdrawn'];
  const caught = trials.filter(({ kind }) => kind === 'catch');
  const right = caught.filter(({ isCorrect }) => isCorrect === true).length;
  const times = trials.filter(({ kind }) => kind === 'test').map(({ milliseconds }) => milliseconds);
  const applies: Readonly<Record<ExclusionReason, boolean>> = {
    withdrawn: false,
    unfinished: status !== 'finished' || times.length === 0,
    quiz: isQuizPassed === false,
    catch: caught.length > 0 && right < leastCatchShare * caught.length - 1e-9,
    fast: times.length > 0 && medianOf(times) < leastMedianMs,
  };
  return EXCLUSION_REASONS.filter((reason) => applies[reason]);
}

/** Answers that count: of questions that count, by participants who are not left out. */
export function countedTrials({ trials }: StudyData, { excluded }: Exclusions): Trial[] {
  const out = new Set(excluded.map(({ participant }) => participant));
  return trials.filter(({ kind, participant }) => kind === 'test' && !out.has(participant));
}
