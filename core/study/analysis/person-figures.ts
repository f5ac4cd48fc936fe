import { group } from 'd3';
import { brierScore, reliabilityCurve, type CalibrationLevel } from '../../metrics/calibration.ts';
import { medianOf } from '../../metrics/median.ts';
import { detectionOf } from '../../metrics/signal-detection.ts';
import type { Trial } from '../trial.ts';
import { meanFigure, noFigure, withinBounds, type StudyFigure } from './study-figure.ts';

/** How sure participants are, and how often rightly. */
export interface Calibration {
  /** Mean squared distance of stated chance and outcome; mean over participants. */
  readonly brier: StudyFigure;
  /** Share of right answers at each confidence; intervals as of independent answers. */
  readonly levels: readonly CalibrationLevel[];
}

/** How long answers take, in milliseconds, by the participants' medians. */
export interface AnswerTimes {
  readonly median: number | null;
  /** The fastest and the slowest participant. */
  readonly least: number | null;
  readonly most: number | null;
}

/** Trials of each participant, in the order in which they come. */
function byParticipant(trials: readonly Trial[]): Trial[][] {
  return [...group(trials, ({ participant }) => participant).values()];
}

/**
 * d′ of participants who predict one of two answers: how well they tell pictures of the model's second answer from those of its
 * first. Participants who were not asked of both are left out.
 */
export function detectionFigure(trials: readonly Trial[]): StudyFigure {
  const values = byParticipant(trials).flatMap((own) => {
    const of = (answer: number): Trial[] => own.filter((trial) => trial.answer === answer);
    const saying = (asked: readonly Trial[]): number => asked.filter(({ response }) => response === 1).length;
    const found = detectionOf({
      signals: of(1).length,
      hits: saying(of(1)),
      others: of(0).length,
      falseAlarms: saying(of(0)),
    });
    return found === undefined ? [] : [found.sensitivity];
  });
  return meanFigure(values, 'no participant who counts was asked of both answers');
}

/**
 * Calibration where participants said how sure they are. Confidence 1 (a guess) states `chance`, 5 (certain) states 1, the
 * others lie evenly between; that reading is ours.
 */
export function calibrationOf(trials: readonly Trial[], chance: number): Calibration {
  const stated = trials.flatMap(({ participant, confidence, isCorrect }) =>
    confidence === null
      ? []
      : [
          {
            participant,
            stated: chance + ((confidence - 1) / 4) * (1 - chance),
            isRight: isCorrect === true,
          },
        ],
  );
  if (stated.length === 0) return { brier: noFigure('nobody was asked how sure they are'), levels: [] };
  const scores = [...group(stated, ({ participant }) => participant).values()].map(
    (own) => brierScore(own) ?? NaN,
  );
  return { brier: withinBounds(meanFigure(scores, ''), 0, 1), levels: reliabilityCurve(stated) };
}

/** Times of answers. */
export function answerTimes(trials: readonly Trial[]): AnswerTimes {
  const medians = byParticipant(trials).map((own) => medianOf(own.map(({ milliseconds }) => milliseconds)));
  if (medians.length === 0) return { median: null, least: null, most: null };
  return { median: medianOf(medians), least: Math.min(...medians), most: Math.max(...medians) };
}
