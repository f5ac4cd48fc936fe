import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { withStamps } from './picture-stamps.ts';
import type { OpenQuestion, Question } from './question.ts';
import type { WorkScope } from './run-context.ts';
import { predictedClasses } from './selection.ts';
import { openStages } from './stage-runner.ts';
import { predictionsStage } from './stages/predictions.ts';

/** Fewest images of a class that "every class" takes up. */
const LEAST_IMAGES = 5;

/** A question for each class that the model predicts for at least {@link LEAST_IMAGES} images, the most frequent first. */
export async function questionsOfClasses(
  scope: WorkScope,
  question: OpenQuestion,
  options: RunOptions,
): Promise<Question[]> {
  const { intake } = question;
  const files = await withStamps(scope.project, question.files);
  const stages = openStages(scope, { intake, device: scope.device, files }, options);
  const { predictions } = await stages.get(predictionsStage);
  const classes = predictedClasses(predictions, LEAST_IMAGES);
  if (classes.length > 0)
    return classes.map((classIndex) => ({ ...question, classIndex, select: options.select }));
  throw new TesseraError(
    'no-images',
    `The model predicts no class for at least ${LEAST_IMAGES} of the ${predictions.length} images.`,
    { hint: 'Give more images, or name one class.' },
  );
}
