import type { ModelScores } from './model-scores.ts';
import type { Explained } from './explained.ts';
import { scoreOf, type Score } from './score.ts';

/** A score as a run keeps it. */
export interface ScoreRecord {
  readonly model: ModelScores;
  readonly explained: Explained;
  /** Where a number without a threshold was split. */
  readonly at?: number;
}

/** What a run keeps of its score. */
export function scoreRecord({ model, explained, rule }: Score): ScoreRecord {
  const isNumber = rule.kind === 'sides' && !rule.isLogit;
  return { model, explained, ...(isNumber && { at: rule.at }) };
}

/** The score of a record. */
export function scoreOfRecord({ model, explained, at }: ScoreRecord): Score {
  return scoreOf(model, explained, at);
}

/**
 * Names of the classes and sides that a run's answers are indices of: those of its score, or the project's in a run of
 * before scores were recorded.
 */
export function answerNames(
  record: ScoreRecord | undefined,
  classes: readonly string[] = [],
): readonly string[] {
  return record === undefined ? classes : scoreOfRecord(record).names;
}
