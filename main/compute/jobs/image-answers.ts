import type { PictureAnswer } from '../../../core/pipeline/picture-answers.ts';
import type { Answer } from '../../../core/pipeline/scaled-answers.ts';
import type { ClassName, ClassScore, RunImage } from '../../api/contract.ts';
import type { OpenedRun } from './opened-runs.ts';

/** What the model says of a picture and what its folder says. */
type AnswerInWords = Pick<RunImage, 'predicted' | 'runnerUp' | 'expected'>;

/** The classes of the run's model; those without a name are called by their number. */
export function classNamer({ project }: Pick<OpenedRun, 'project'>): (index: number) => ClassName {
  const names = project.file.labels.names ?? [];
  return (index) => ({ index, name: names[index] ?? `class ${index}` });
}

/** `expected`: the class that the picture's folder names. */
export function answerInWords(
  opened: Pick<OpenedRun, 'project'>,
  { index, probability, runnerUp }: PictureAnswer,
  expected: ClassName | null,
): AnswerInWords {
  const classOf = classNamer(opened);
  const scoreOf = (answer: Answer): ClassScore => ({
    ...classOf(answer.index),
    probability: answer.probability,
  });
  return {
    predicted: scoreOf({ index, probability }),
    runnerUp: runnerUp === undefined ? null : scoreOf(runnerUp),
    expected,
  };
}
