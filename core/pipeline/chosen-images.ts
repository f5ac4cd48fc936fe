import type { RunOptions } from '../concepts/run-options.ts';
import type { Question } from './question.ts';
import type { WorkScope } from './run-context.ts';
import type { ScoredModel } from './scored-model.ts';
import { selectImages } from './selection.ts';
import { settleScore } from './settle-score.ts';
import { openSharedBank } from './open-shared-bank.ts';
import type { SharedBank } from './shared-bank.ts';
import type { Stages } from './stage-runner.ts';
import type { Prediction } from './prediction.ts';
import { predictionsStage, type Predictions } from './stages/predictions.ts';
import type { RunStages } from './stages/run-stages.ts';
import type { FileFact } from './question.ts';

/** What is known of a question once the model was asked about its pictures. */
export interface ChosenImages {
  readonly stages: RunStages;
  readonly intake: ScoredModel;
  readonly predictions: Predictions;
  /** The explained images among the answers. */
  readonly chosen: readonly Prediction[];
  readonly images: readonly FileFact[];
  readonly classIndex: number;
  readonly shared: SharedBank | null;
}

/**
 * Asks the model about all pictures, settles the score and chooses the images that are explained: all that has to be known
 * before the first activation is read. Throws as {@link settleScore} and {@link selectImages} do.
 */
export async function chooseImages(
  scope: WorkScope,
  question: Question,
  options: RunOptions,
  open: Stages<'model' | 'device' | 'files' | 'layer'>,
): Promise<ChosenImages> {
  const { device, environment } = scope;
  const { files, explained } = question;
  const asked = await open.get(predictionsStage);
  const model = { environment, device, intake: question.intake };
  const { intake, answers } = await settleScore(model, explained, options.reference, asked.predictions);
  const chosen = selectImages(answers, { ...question, intake });
  const images = chosen.map(({ at }) => files[at]);
  const { labels, score } = intake;
  const subject = { ...question, intake, device, predictions: asked.predictions };
  const shared = options.sharing === 'shared' ? await openSharedBank(scope, subject, options) : null;
  const classIndex = score.column;
  const stages = open.about({ intake, labels, classIndex, answers, images, sharedBank: shared });
  return {
    stages,
    intake,
    predictions: { ...asked, predictions: answers },
    chosen,
    images,
    classIndex,
    shared,
  };
}
