import { shareEstimate, type ShareEstimate } from './wilson.ts';

/** Of the answers given with one stated chance to be right: how many were. */
export interface CalibrationLevel {
  readonly stated: number;
  readonly answers: number;
  /** With the interval of independent answers (Wilson). */
  readonly right: ShareEstimate;
}

/** An answer with the chance to be right that was stated with it, 0 … 1. */
export interface StatedAnswer {
  readonly stated: number;
  readonly isRight: boolean;
}

/**
 * Mean squared distance between the stated chance to be right and what came of it: 0 for one who is right, and knows it;
 * 0.25 for one who always says one half. Undefined of no answers. Source: Brier 1950.
 */
export function brierScore(answers: readonly StatedAnswer[]): number | undefined {
  if (answers.length === 0) return undefined;
  return (
    answers.reduce((sum, { stated, isRight }) => sum + (stated - Number(isRight)) ** 2, 0) / answers.length
  );
}

/** How many answers were right at each stated chance, lowest first (a reliability curve). */
export function reliabilityCurve(answers: readonly StatedAnswer[]): CalibrationLevel[] {
  const levels = new Map<number, { answers: number; right: number }>();
  for (const { stated, isRight } of answers) {
    const level = levels.get(stated) ?? { answers: 0, right: 0 };
    level.answers++;
    if (isRight) level.right++;
    levels.set(stated, level);
  }
  return [...levels]
    .sort(([a], [b]) => a - b)
    .map(([stated, { answers: n, right }]) => ({ stated, answers: n, right: shareEstimate(right, n) }));
}
