import { findLabelShift } from '../../core/images/label-shift.ts';
import { rightAnswers } from '../../core/images/folder-class.ts';
import type { ModelIntake } from '../../core/pipeline/model-intake.ts';
import { looksLikeProbabilities } from '../../core/score/looks-like-probabilities.ts';
import type { ModelScores } from '../../core/score/model-scores.ts';
import { labelMisfitText, labelShiftText } from '../../core/wording/label-words.ts';
import { lookAlikeText } from '../../core/wording/score-words.ts';
import { fewRightText, isDoubtful, originText } from '../../core/wording/preprocessing-words.ts';

/**
 * What is to be said beside predictions, a sentence each: a preprocessing that is a guess, or in doubt because few
 * answers are right; a list of labels that was not taken; names that are off by one.
 */
export function predictionNotes(
  { labels, preprocessing }: Pick<ModelIntake, 'labels' | 'preprocessing'>,
  files: readonly { readonly path: string }[],
  predictions: readonly { readonly at: number; readonly index: number }[],
): string[] {
  const answers = predictions.map(({ at, index }) => ({ file: files[at], path: files[at].path, index }));
  const shift = findLabelShift(labels.names, answers);
  const doubt = isDoubtful(rightAnswers(labels.names, answers)) ? [fewRightText(preprocessing)] : [];
  const guess = preprocessing.source === 'default' ? [originText(preprocessing)] : [];
  return [
    ...(doubt.length > 0 ? doubt : guess),
    ...misfitNotes(labels),
    ...(shift === undefined ? [] : [`${labelShiftText(shift)} See --label-shift ${shift.shift}.`]),
  ];
}

/** What is to be said of raw scores that look like probabilities already. */
export function probabilityNotes(model: ModelScores, rawScores: Iterable<ArrayLike<number>>): string[] {
  const found = looksLikeProbabilities(model, rawScores);
  return found === undefined ? [] : [lookAlikeText(found, model.task)];
}

/** What is to be said of a list beside the model that does not fit it. */
export function misfitNotes({ misfit }: Pick<ModelIntake['labels'], 'misfit'>): string[] {
  if (misfit === undefined) return [];
  const offer = misfit.shift === undefined ? '' : ` See --label-shift ${misfit.shift}.`;
  return [labelMisfitText(misfit, misfit.source) + offer];
}
