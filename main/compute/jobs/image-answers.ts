import type { Answer, PictureAnswer } from '../../../core/score/model-scores.ts';
import { namedAnswer } from '../../../core/score/named-answer.ts';
import type { ClassName, ClassScore, RunImage } from '../../api/contract.ts';
import type { OpenedRun } from './opened-runs.ts';

/** What the model says of a picture and what its folder says. */
type AnswerInWords = Pick<RunImage, 'predicted' | 'runnerUp' | 'expected'>;

/** The classes or sides of a run's score; those without a name are called by their number. */
export function classNamer({ names }: Pick<OpenedRun, 'names'>): (index: number) => ClassName {
  return (index) => ({ index, name: names[index] ?? `class ${index}` });
}

/** `expected`: the class that the picture's folder names. */
export function answerInWords(
  opened: Pick<OpenedRun, 'names'>,
  { runnerUp, ...answer }: PictureAnswer,
  expected: ClassName | null,
): AnswerInWords {
  const classOf = classNamer(opened);
  const scoreOf = (one: Answer): ClassScore => ({ ...namedAnswer(opened.names, one), ...classOf(one.index) });
  return {
    predicted: scoreOf(answer),
    runnerUp: runnerUp === undefined ? null : scoreOf(runnerUp),
    expected,
  };
}
