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
import { strongest } from '../concepts/strongest.ts';
import type { Tensor } from '../tensor.ts';
import { sliceItems } from './batch-items.ts';
import { furtherFigures, type FurtherConcept, type FurtherFigures } from './further-concepts.ts';
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
  /** Strongest amount of each concept in the picture, [r + further], in the order of the bank and then of the further ones. */
  readonly amounts: Float32Array;
  /** By how much the score falls without each, [r + further]; below 0 it rises. */
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
  /** Merged concepts, and those that a person gave. @default none */
  readonly further?: readonly FurtherConcept[];
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
  const { scope, conceptBank, further = [] } = subject;
  const { layer, classIndex } = subject.explanation;
  const { score, labels } = scope.intake;
  const { head, masked, scoreOf, dispose } = await openHeads(subject);
  const images: ScoredImage[] = [];
  const skipped: SkippedFile[] = [];
  try {
    for await (const picture of codedPictures(subject, work, skipped)) {
      const { file, own, coefficients, rebuilt, rest } = picture;
      const said = (await head.run(own)).data;
      const logit = await masked.prepareWithRest(coefficients, own);
      const answer = answerIn(score, said);
      const more = await furtherFigures(further, subject.explanation, conceptBank, picture, {
        logit,
        scoreOf,
      });
      images.push({
        file: file.path,
        predicted: namedAnswer(labels.names, answer),
        isExplained: isExplained(score, answer.index),
        score: said[classIndex],
        ofConcepts: await scoreOf(fromRows(rebuilt, layer)),
        amounts: Float32Array.from([...strongest(coefficients), ...more.amounts]),
        contributions: [...(await conceptEffects(logit, conceptBank.rows)), ...more.contributions],
        rest,
      });
    }
  } finally {
    await dispose();
  }
  return { images, skipped };
}

/** The model from the layer on, of activations and of masked concepts. */
async function openHeads({ scope, explanation: { layer, classIndex }, conceptBank }: ScoredSubject) {
  const { intake, device, environment } = scope;
  const parts = cutAt(intake, layer);
  const head = runnerFor(scope, parts.head);
  const masked = await createSpecialisedMaskedHead(parts.head, layer, conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  return {
    head,
    masked,
    scoreOf: async (activations: Tensor<'float32'>): Promise<number> =>
      (await head.run(activations)).data[classIndex],
    dispose: async (): Promise<void> => {
      await head.dispose();
      await masked.dispose();
    },
  };
}

/** The figures of further concepts alone, [m, further] each, of the pictures that can be read. */
export async function scoreFurther(
  subject: ScoredSubject & { readonly further: readonly FurtherConcept[] },
  work: ScoreWork = {},
): Promise<(FurtherFigures & { readonly file: string })[]> {
  const { conceptBank, further } = subject;
  const { masked, scoreOf, dispose } = await openHeads(subject);
  const found: (FurtherFigures & { readonly file: string })[] = [];
  try {
    for await (const picture of codedPictures(subject, work, [])) {
      const logit = await masked.prepareWithRest(picture.coefficients, picture.own);
      const figures = await furtherFigures(further, subject.explanation, conceptBank, picture, {
        logit,
        scoreOf,
      });
      found.push({ file: picture.file.path, ...figures });
    }
  } finally {
    await dispose();
  }
  return found;
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
        yield { file: some[at], own, rows, coefficients, rebuilt, rest: relativeRest(rows, rebuilt) };
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
