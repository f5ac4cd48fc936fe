import type { Labels } from '../images/labels.ts';
import { withColumns, withUnitLength } from '../onnx/score/score-graph.ts';
import type { Explained } from '../score/explained.ts';
import { scoreOf, type Score } from '../score/score.ts';
import type { ModelIntake } from './model-intake.ts';

/** A model made ready for one score: its output gives a column for everything that the score's rule compares. */
export interface ScoredModel extends ModelIntake {
  readonly score: Score;
}

/** The model with the columns of a score in the place of its raw scores, or after them; its labels are the names of the columns. */
export function withScore(intake: ModelIntake, score: Score): ScoredModel {
  const { columns, keepsRaw = false, explained, names } = score;
  const labels: Labels = { ...intake.labels, names };
  if (columns === undefined) return { ...intake, labels, score };
  const raw = explained.kind === 'similarity' ? withUnitLength(intake.model) : intake.model;
  return { ...intake, labels, score, model: withColumns(raw, columns, { keepsRaw }) };
}

/** {@link withScore} of what is explained; `at` splits a number without a threshold. */
export function scoredBy(intake: ModelIntake, explained: Explained, at?: number): ScoredModel {
  return withScore(intake, scoreOf(intake.scores, explained, at));
}
