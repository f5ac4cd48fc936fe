import { crossedInterval, crossedIntervals, type CrossedEstimate } from '../../metrics/crossed-bootstrap.ts';
import { cellShares, type Answers } from './answers.ts';
import { NO_ANSWERS, NO_SPREAD } from './shares.ts';
import { noFigure, withinBounds, type StudyFigure } from './study-figure.ts';

/** How much better one predicts the model after learning with a condition than without an explanation. */
export interface ConditionUtility {
  readonly condition: string;
  /** Utility-K: accuracy over that of the control after session K; 1 is no help. */
  readonly sessions: readonly StudyFigure[];
  /** Mean over the sessions. */
  readonly utility: StudyFigure;
}

/**
 * Utility of a condition against another, by answers of these two alone (condition 0 and 1), with intervals over other
 * participants and pictures (deviations of the logarithm).
 *
 * Source  Colin, Fel, Cadène and Serre 2022, "What I Cannot Predict, I Do Not Understand", section 3.
 */
export function conditionUtility(
  condition: string,
  answers: Answers,
  sessions: number,
  seed: number,
): ConditionUtility {
  const { hit, condition: of, session } = answers;
  const cell = Int32Array.from(hit, (_, i) => 2 * session[i] + of[i]);
  /** `more` half answers right, and as many wrong, keep ratios of drawn answers finite. */
  const ratios = (weights: Float64Array, more: number): number[] => {
    const shares = cellShares(hit, cell, 2 * sessions, weights, more);
    return Array.from({ length: sessions }, (_, k) => shares[2 * k] / shares[2 * k + 1]);
  };
  /** Utility-K of every session, and their mean at the end. */
  const figures = (weights: Float64Array, more: number): number[] => {
    const each = ratios(weights, more);
    return [...each, each.reduce((sum, value) => sum + value, 0) / sessions];
  };
  const values = figures(new Float64Array(hit.length).fill(1), 0);
  const drawn = crossedIntervals(answers, (weights) => figures(weights, 0.5), { seed, scale: 'log' });
  const found = values.map((value, at): StudyFigure => {
    if (Number.isNaN(value)) return noFigure(NO_ANSWERS);
    if (!Number.isFinite(value)) return noFigure('nobody was right in the condition that is compared with');
    const interval = drawn[at];
    return crossedFigure(value, interval && inProportion(value, interval));
  });
  return { condition, sessions: found.slice(0, sessions), utility: found[sessions] };
}

/** Accuracy of the first condition less that of the second, with its interval (-1 … 1; none where it would be all of that). */
export function accuracyDifference(answers: Answers, seed: number): StudyFigure {
  const { hit, condition } = answers;
  const apart = (weights: Float64Array): number => {
    const [a, b] = cellShares(hit, condition, 2, weights);
    return a - b;
  };
  const value = apart(new Float64Array(hit.length).fill(1));
  if (Number.isNaN(value)) return noFigure(NO_ANSWERS);
  return withinBounds(crossedFigure(value, crossedInterval(answers, apart, { seed })), -1, 1);
}

/** The interval moved to another value, in proportion. */
function inProportion(value: number, { value: from, low, high }: CrossedEstimate): CrossedEstimate {
  return { value, low: (low * value) / from, high: (high * value) / from };
}

function crossedFigure(value: number, interval: CrossedEstimate | undefined): StudyFigure {
  if (interval === undefined) return { value, interval: null, reason: NO_SPREAD };
  return { value, interval: { low: interval.low, high: interval.high }, reason: null };
}
