import { binomialTail } from '../../metrics/binomial-tail.ts';
import { holmAdjusted } from '../../metrics/holm.ts';
import { wilson } from '../../metrics/wilson.ts';
import type { IntruderItem, Study } from '../study.ts';
import type { Trial } from '../trial.ts';
import { answersOf, isRight } from './answers.ts';
import { answerTimes, calibrationOf, type AnswerTimes, type Calibration } from './person-figures.ts';
import { shareOfAnswers, type ShareOfAnswers } from './shares.ts';
import type { StudyFigure } from './study-figure.ts';

/** How well people find the crop that is not of a concept. */
export interface ConceptCoherence {
  readonly concept: string;
  readonly name: string;
  readonly isPart: boolean;
  /** Share of intruders found. */
  readonly accuracy: ShareOfAnswers;
  /** Accuracy with chance taken off: 0 is guessing, 1 always right. */
  readonly coherence: StudyFigure;
  /** Chance to find as many by guessing (exact, one-sided), and after Holm over the concepts; null without answers. */
  readonly p: number | null;
  readonly adjusted: number | null;
}

/** Which concepts hold together in people's eyes. */
export interface IntruderAnalysis {
  readonly kind: 'intruder';
  readonly concepts: readonly ConceptCoherence[];
  readonly accuracy: ShareOfAnswers;
  readonly calibration: Calibration;
  readonly times: AnswerTimes;
}

/**
 * Analyses a study of intruders by the answers that count. Sets of crops are crossed with participants; of a single participant
 * the interval is Wilson's over sets, and says so.
 *
 * Source  Chang et al. 2009, "Reading Tea Leaves"; Fel et al. 2023 (CRAFT), human experiment 1.
 */
export function analyseIntruder(
  { seed }: Study,
  items: readonly IntruderItem[],
  trials: readonly Trial[],
  chance: number,
): IntruderAnalysis {
  const concepts = [...new Map(items.map((item) => [item.concept, item])).values()];
  const shareOf = (own: readonly Trial[]): ShareOfAnswers =>
    overSets(
      shareOfAnswers(
        answersOf(own, ['all'], isRight, ({ item }) => item),
        seed,
      ),
    );
  const found = concepts.map(({ concept, name, isPart }) => {
    const accuracy = shareOf(trials.filter((trial) => trial.concept === concept));
    const { hits, answers } = accuracy;
    const p = answers === 0 ? null : binomialTail(hits, answers, chance);
    return { concept, name, isPart, accuracy, coherence: aboveChance(accuracy, chance), p };
  });
  const adjusted = holmAdjusted(found.map(({ p }) => p ?? NaN));
  return {
    kind: 'intruder',
    concepts: found.map((one, at) => ({ ...one, adjusted: one.p === null ? null : adjusted[at] })),
    accuracy: shareOf(trials),
    calibration: calibrationOf(trials, chance),
    times: answerTimes(trials),
  };
}

/** Why an interval is over sets of crops alone. */
const OF_ONE = 'of one participant: the interval is over sets of crops, and says nothing of other people';

/** Of one participant: the interval of independent sets. */
function overSets(share: ShareOfAnswers): ShareOfAnswers {
  if (share.participants !== 1) return share;
  const [low, high] = wilson(share.hits, share.answers);
  return { ...share, interval: { low: Math.max(0, low), high: Math.min(1, high) }, reason: OF_ONE };
}

function aboveChance({ value, interval, reason }: StudyFigure, chance: number): StudyFigure {
  const above = (share: number): number => (share - chance) / (1 - chance);
  return {
    value: value === null ? null : above(value),
    interval: interval === null ? null : { low: above(interval.low), high: above(interval.high) },
    reason,
  };
}
