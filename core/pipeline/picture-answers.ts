import { argMax, classProbabilities } from '../concepts/class-probabilities.ts';
import type { SkippedFile } from '../concepts/explanation.ts';
import { rowView } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { ModelRunner } from './model-runner.ts';
import type { PictureBatch } from './pictures.ts';
import type { Answer } from './scaled-answers.ts';

/** What the model says of one picture: the likeliest class, and the one that comes next (absent with one class). */
export interface PictureAnswer extends Answer {
  readonly runnerUp?: Answer;
}

/** What the model says of a file of a batch. */
export interface AnsweredPicture {
  readonly offset: number;
  readonly answer: PictureAnswer;
  readonly isTransparent: boolean;
}

/** What the model says of a batch of files. */
export interface BatchAnswers {
  /** By the file's position in the batch. */
  readonly answers: readonly AnsweredPicture[];
  /** How many of the files have pixels that are not opaque. */
  readonly transparent: number;
  readonly skipped: readonly SkippedFile[];
}

/** Why a picture that could be read has no answer. */
export const NO_SCORES = 'the model gives scores for it that are not finite numbers';

/** Runs the whole model over a batch; pictures that cannot be read or scored are listed with the reason. */
export async function batchAnswers(
  runner: ModelRunner,
  { readable, input, transparent, skipped }: PictureBatch,
  files: readonly { readonly path: string }[],
): Promise<BatchAnswers> {
  const logits = input && tensorMatrix(await runner.run(input));
  const scored = readable.map((offset, row) => ({
    offset,
    isTransparent: transparent[row],
    logits: rowView(logits!, row),
  }));
  const isFinite = ({ logits: own }: { readonly logits: Float32Array }): boolean =>
    own.every(Number.isFinite);
  return {
    answers: scored
      .filter(isFinite)
      .map(({ offset, isTransparent, logits: own }) => ({ offset, isTransparent, answer: answerIn(own) })),
    transparent: transparent.filter((is) => is).length,
    skipped: [
      ...skipped.map(({ file, reason }) => ({ file, reason })),
      ...scored
        .filter((row) => !isFinite(row))
        .map(({ offset }) => ({ file: files[offset].path, reason: NO_SCORES })),
    ],
  };
}

/** The two likeliest of the scores [K] of a picture, logits or probabilities; the first of equals leads. */
function answerIn(scores: Float32Array): PictureAnswer {
  const probabilities = classProbabilities(scores);
  const index = argMax(probabilities);
  const own = { index, probability: probabilities[index] };
  if (probabilities.length < 2) return own;
  const others = probabilities.with(index, -Infinity);
  const next = argMax(others);
  return { ...own, runnerUp: { index: next, probability: others[next] } };
}
