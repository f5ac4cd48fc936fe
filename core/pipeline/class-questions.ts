import { chooseScore } from '../concepts/class-question.ts';
import { LEAST_IMAGES } from './shared-bank.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { withStamps } from './picture-stamps.ts';
import type { OpenQuestion, Question } from './question.ts';
import { labelsOf, type ModelScores } from '../score/model-scores.ts';
import type { WorkScope } from './run-context.ts';
import { predictedClasses } from './selection.ts';
import { openStages } from './stage-runner.ts';
import type { Prediction } from './prediction.ts';
import { predictionsStage } from './stages/predictions.ts';

/** A question for each class that the model predicts for at least {@link LEAST_IMAGES} images, the most frequent first. */
export async function questionsOfClasses(
  scope: WorkScope,
  question: OpenQuestion,
  options: RunOptions,
): Promise<Question[]> {
  const { intake } = question;
  const files = await withStamps(scope.project, question.files);
  const stages = openStages(scope, { model: intake, device: scope.device, files }, options);
  const { predictions } = await stages.get(predictionsStage);
  const asked = everyClass(intake.scores, predictions).map(
    (name) => chooseScore(intake.scores, { ...options, class: name }).explained,
  );
  if (asked.length > 0) return asked.map((explained) => ({ ...question, explained, select: options.select }));
  throw new TesseraError(
    'no-images',
    `The model predicts no class for at least ${LEAST_IMAGES} of the ${predictions.length} images.`,
    { hint: 'Give more images, or name one class.' },
  );
}

/** Classes and labels by their index, as they are asked for; of a number its upper side. */
function everyClass(scores: ModelScores, predictions: readonly Prediction[]): string[] {
  switch (scores.task) {
    case 'multiclass':
    case 'binary':
      return predictedClasses(predictions, LEAST_IMAGES).map(String);
    case 'multilabel': {
      const held = predictions.flatMap(({ scores: own = [] }) =>
        labelsOf(scores, own).map((index) => ({ index })),
      );
      return predictedClasses(held, LEAST_IMAGES).map(String);
    }
    case 'regression':
    case 'embedding':
      return ['1'];
  }
}
