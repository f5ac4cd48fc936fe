import type { Environment } from '../../../core/pipeline/environment.ts';
import { answersFolder } from '../../../core/pipeline/kept-answers.ts';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { withStamps } from '../../../core/pipeline/picture-stamps.ts';
import { predict, type Predictions as Answers } from '../../../core/pipeline/stages/predictions.ts';
import { UNKEPT_ENTRY } from '../../../core/project/stage-entry.ts';
import { labelsOf } from '../../../core/score/model-scores.ts';
import { namedAnswer } from '../../../core/score/named-answer.ts';
import type { Predictions } from '../protocol.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { withAnswers } from './program-cache.ts';

/** Pictures asked about at once: few, since somebody watches the answers come. */
const AT_ONCE = 16;

/** Jobs that ask a model about all pictures of a setup, before there is a project. */
export function predictionJobs(environment: Environment, openIntake: OpenIntake): Jobs<'predictAll'> {
  return {
    async predictAll({ cache, device: choice, images, ...question }, { signal, onProgress, onNews }) {
      const intake = await openIntake(question);
      const device = await environment.openDevice(choice);
      const keeping = withAnswers(environment, cache);
      const { storage } = keeping;
      const files = await withStamps({ storage, folder: answersFolder(keeping, intake)! }, images);
      signal.throwIfAborted();
      const work = { environment: keeping, model: intake, device, files, signal, onProgress };
      const answers = await predict(
        { ...work, entry: UNKEPT_ENTRY, options: {}, inputs: {} },
        {
          atOnce: AT_ONCE,
          onAnswers: (some) => onNews({ kind: 'predictions', ...predictionsOf(intake, some) }),
        },
      );
      return predictionsOf(intake, answers);
    },
  };
}

function predictionsOf({ scores }: ModelIntake, { predictions, skipped }: Answers): Predictions {
  const { task, classes, quantity, output } = scores;
  const isNamed = classes.length > 0;
  const held =
    task === 'multilabel' ? predictions.map((answer) => labelsOf(scores, answer.scores ?? [])) : undefined;
  return {
    images: predictions.map(({ at }) => at),
    predicted: predictions.map((answer, i) => {
      const named = namedAnswer(isNamed ? classes : [quantity ?? output], answer);
      return held === undefined ? named : { ...named, name: labelsText(classes, held[i]) };
    }),
    ...(held !== undefined && { held }),
    skipped,
  };
}

function labelsText(classes: readonly string[], held: readonly number[]): string {
  return held.length === 0 ? 'no label' : held.map((label) => classes[label]).join(', ');
}
