import type { SkippedFile } from '../concepts/explanation.ts';
import { rowView } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import { answerOf, type ModelScores, type PictureAnswer } from '../score/model-scores.ts';
import type { ModelRunner } from './model-runner.ts';
import type { PictureBatch } from './pictures.ts';

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

/** A model that gives raw scores, and what they mean. */
export interface AskedModel {
  readonly runner: ModelRunner;
  readonly scores: ModelScores;
  /** Hears of every row of raw scores. */
  readonly onScores?: (file: string, scores: Float32Array) => void;
}

/** Runs the whole model over a batch; pictures that cannot be read or scored are listed with the reason. */
export async function batchAnswers(
  { runner, scores, onScores }: AskedModel,
  { readable, input, transparent, skipped }: PictureBatch,
  files: readonly { readonly path: string }[],
): Promise<BatchAnswers> {
  const rows = input && tensorMatrix(await runner.run(input));
  const scored = readable.map((offset, row) => ({
    offset,
    isTransparent: transparent[row],
    own: rowView(rows!, row),
  }));
  const isFinite = ({ own }: { readonly own: Float32Array }): boolean => own.every(Number.isFinite);
  const usable = scored.filter(isFinite);
  for (const { offset, own } of usable) onScores?.(files[offset].path, own);
  return {
    answers: usable.map(({ offset, isTransparent, own }) => ({
      offset,
      isTransparent,
      answer: answerOf(scores, own),
    })),
    transparent: transparent.filter((is) => is).length,
    skipped: [
      ...skipped.map(({ file, reason }) => ({ file, reason })),
      ...scored
        .filter((row) => !isFinite(row))
        .map(({ offset }) => ({ file: files[offset].path, reason: NO_SCORES })),
    ],
  };
}
