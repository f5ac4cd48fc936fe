import type { Explanation, SkippedFile } from '../concepts/explanation.ts';
import { fromRows, toRows } from '../concepts/latent-rows.ts';
import { reconstruct } from '../concepts/reconstruct.ts';
import { conceptEffects } from '../concepts/rest-index.ts';
import { createSpecialisedMaskedHead } from '../concepts/specialised-masked-head.ts';
import { codesOf } from '../factorization/sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { OnProgress } from '../platform.ts';
import { answerIn, isExplained } from '../score/decision.ts';
import { namedAnswer, type NamedAnswer } from '../score/named-answer.ts';
import { strongest } from './assemble-explanation.ts';
import { sliceItems } from './batch-items.ts';
import { cutAt, runnerFor } from './model-parts.ts';
import { readBatch } from './pictures.ts';
import type { FileFact } from './question.ts';
import type { ScoredScope } from './run-context.ts';

/** What the concepts of a bank are in one picture. */
export interface ScoredImage {
  readonly file: string;
  readonly predicted: NamedAnswer;
  /** Does the model answer what the run explains? */
  readonly isExplained: boolean;
  /** The score that the run explains, and what it would be of the concepts alone. */
  readonly score: number;
  readonly ofConcepts: number;
  /** Strongest amount of each concept in the picture, [r], in the order of the bank. */
  readonly amounts: Float32Array;
  /** By how much the score falls without each, [r]; below 0 it rises. */
  readonly contributions: readonly number[];
  /** ‖A - UW‖ / ‖A‖: what of the activations no concept explains. */
  readonly rest: number;
}

/** Pictures at once. */
const BATCH = 16;

/** Whose concepts are looked for, and in which pictures. */
export interface ScoredSubject {
  readonly scope: ScoredScope;
  readonly explanation: Pick<Explanation, 'layer' | 'classIndex'>;
  readonly conceptBank: CodedBank;
  readonly files: readonly FileFact[];
}

interface ScoreWork {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Looks for the concepts of a finished run in any pictures, with its bank as it is. Files that cannot be read are listed,
 * not fatal. Throws the signal's reason when aborted.
 */
export async function scoreImages(
  subject: ScoredSubject,
  work: ScoreWork = {},
): Promise<{ readonly images: readonly ScoredImage[]; readonly skipped: readonly SkippedFile[] }> {
  const { scope, conceptBank } = subject;
  const { layer, classIndex } = subject.explanation;
  const { intake, device, environment } = scope;
  const { score, labels } = intake;
  const parts = cutAt(intake, layer);
  const head = runnerFor(scope, parts.head);
  const masked = await createSpecialisedMaskedHead(parts.head, layer, conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  const images: ScoredImage[] = [];
  const skipped: SkippedFile[] = [];
  try {
    for await (const picture of codedPictures(subject, work, skipped)) {
      const { file, own, coefficients, rebuilt, rest } = picture;
      const said = (await head.run(own)).data;
      const logit = await masked.prepareWithRest(coefficients, own);
      const answer = answerIn(score, said);
      images.push({
        file: file.path,
        predicted: namedAnswer(labels.names, answer),
        isExplained: isExplained(score, answer.index),
        score: said[classIndex],
        ofConcepts: (await head.run(fromRows(rebuilt, layer))).data[classIndex],
        amounts: strongest(coefficients),
        contributions: await conceptEffects(logit, conceptBank.rows),
        rest,
      });
    }
  } finally {
    await head.dispose();
    await masked.dispose();
  }
  return { images, skipped };
}

/** What of the activations no concept explains, as {@link ScoredImage} has it, of the pictures that can be read. */
export async function restsOf(subject: ScoredSubject, work: ScoreWork = {}): Promise<number[]> {
  const rests: number[] = [];
  const told: ScoreWork = {
    ...work,
    onProgress: (progress) => work.onProgress?.({ ...progress, stage: 'rest' }),
  };
  for await (const { rest } of codedPictures(subject, told, [])) rests.push(rest);
  return rests;
}

/** The pictures that can be read, one after another, in the terms of the concepts; the others go to `skipped`. */
async function* codedPictures(
  { scope, explanation: { layer }, conceptBank, files }: ScoredSubject,
  { onProgress, signal }: ScoreWork,
  skipped: SkippedFile[],
) {
  const { intake, environment } = scope;
  const latent = runnerFor(scope, cutAt(intake, layer).latent);
  try {
    for (let start = 0; start < files.length; start += BATCH) {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'coefficients', done: start, total: files.length });
      const some = files.slice(start, start + BATCH);
      const batch = await readBatch(environment.codec, some, intake.preprocessing.preprocessing);
      skipped.push(...batch.skipped);
      if (batch.input === undefined) continue;
      const activations = await latent.run(batch.input);
      for (const [place, at] of batch.readable.entries()) {
        const own = sliceItems(activations, place, place + 1);
        const rows = toRows(own, layer);
        const { coefficients } = await codesOf(rows, conceptBank);
        const rebuilt = reconstruct(coefficients, conceptBank);
        yield { file: some[at], own, coefficients, rebuilt, rest: relativeRest(rows, rebuilt) };
      }
    }
    onProgress?.({ stage: 'coefficients', done: files.length, total: files.length });
  } finally {
    await latent.dispose();
  }
}

function relativeRest({ data }: Matrix, rebuilt: Matrix): number {
  let [left, whole] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    left += (data[i] - rebuilt.data[i]) ** 2;
    whole += data[i] ** 2;
  }
  return whole > 0 ? Math.sqrt(left / whole) : 0;
}
