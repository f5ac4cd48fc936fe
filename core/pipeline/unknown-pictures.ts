import type { KeptAnswers } from './kept-answers.ts';
import type { ModelIntake } from './model-intake.ts';
import { batchAnswers, type AskedModel, type BatchAnswers } from './picture-answers.ts';
import { readBatch, type PictureBatch } from './pictures.ts';
import type { FileFact } from './question.ts';
import type { Environment } from './environment.ts';

/** The files of a piece that the model has not been asked about, as positions in it, and their pictures. */
export interface Unknown {
  readonly offsets: readonly number[];
  readonly batch: PictureBatch;
}

/** Reads what a model has to be asked about. */
export async function readUnknown(
  { environment, intake }: { readonly environment: Pick<Environment, 'codec'>; readonly intake: ModelIntake },
  kept: KeptAnswers,
  files: readonly FileFact[],
): Promise<Unknown> {
  const offsets = [...files.keys()].filter((at) => kept.get(files[at].stamp?.sha256) === undefined);
  const unknown = offsets.map((at) => files[at]);
  return {
    offsets,
    batch: await readBatch(environment.codec, unknown, intake.preprocessing.preprocessing),
  };
}

/** The answers about all files of a piece: those that are kept, and those that the model gives now, which are kept from here on. */
export async function answersOf(
  model: AskedModel,
  kept: KeptAnswers,
  files: readonly FileFact[],
  { offsets, batch }: Unknown,
): Promise<BatchAnswers> {
  const unknown = offsets.map((at) => files[at]);
  const asked = await batchAnswers(model, batch, unknown);
  for (const { offset, answer, isTransparent } of asked.answers)
    kept.add(unknown[offset].stamp?.sha256, { ...answer, isTransparent });
  const wasAsked = new Set(offsets);
  const known = files.flatMap(({ stamp }, offset) => {
    const answer = wasAsked.has(offset) ? undefined : kept.get(stamp?.sha256);
    return answer === undefined ? [] : [{ offset, answer, isTransparent: answer.isTransparent }];
  });
  const fresh = asked.answers.map((one) => ({ ...one, offset: offsets[one.offset] }));
  return {
    answers: [...known, ...fresh].sort((a, b) => a.offset - b.offset),
    transparent: asked.transparent + known.filter(({ isTransparent }) => isTransparent).length,
    skipped: asked.skipped,
  };
}
