import { positionsOf } from '../concepts/latent-rows.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { StageEntry, StagePiece } from '../project/stage-entry.ts';
import type { Tensor } from '../tensor.ts';
import { CHUNK, inTurn, missingIn, ownMissing } from './chunked.ts';
import { cutAt, runnerFor } from './model-parts.ts';
import type { ModelRunner } from './model-runner.ts';
import { readBatch, requireAll, type PictureBatch } from './pictures.ts';
import { PiecesMissing } from './share.ts';
import type { Facts, StageWork } from './stage.ts';
import type { RunStages } from './stages/run-stages.ts';
import { coefficientsIn, coefficientsPiece, coefficientsStage } from './stages/coefficients.ts';
import { importanceStage, openImportances, type ImportanceWork } from './stages/importance.ts';
import { removalsPiece, removalsStage } from './stages/removals.ts';

/** What is computed of the images together, and what is known of them by then. */
export interface PassSubject
  extends Omit<StageWork, 'entry'>, Pick<Facts, 'intake' | 'device' | 'layer' | 'images' | 'classIndex'> {
  readonly options: RunOptions;
  readonly conceptBank: CodedBank;
}

/** Where the three stages keep their pieces. */
interface Entries {
  readonly coefficients: StageEntry;
  readonly importance: StageEntry;
  readonly removals: StageEntry;
}

/** What the pass computes with. */
interface Tools {
  readonly latent: ModelRunner;
  readonly head: ModelRunner;
  readonly importances: ImportanceWork;
}

/**
 * Computes coefficients, importance and removals chunk by chunk, each image being decoded and run up to the layer once for
 * all three. The stages then find their pieces: what is stored is what each of them computes by itself, under its own
 * fingerprint. Of a shared run the share's chunks are computed.
 *
 * Throws   {@link PiecesMissing} where the chunks of others are missing, own ones being stored by then.
 */
export async function passOverImages(stages: RunStages, subject: PassSubject): Promise<void> {
  const { images, share } = subject;
  const entries: Entries = {
    coefficients: await stages.entryOf(coefficientsStage),
    importance: await stages.entryOf(importanceStage),
    removals: await stages.entryOf(removalsStage),
  };
  const pieces = Math.ceil(images.length / CHUNK);
  const own = ownMissing(share, await storedInAll(entries), pieces);
  if (own.length > 0) await passOver(subject, entries, own);
  if (share === undefined) return;
  const missing = missingIn(await storedInAll(entries), pieces);
  if (share.fills === true || missing.length > 0) throw new PiecesMissing('coefficients', missing, pieces);
}

/** Chunks of which every stage has its piece. */
async function storedInAll(entries: Entries): Promise<ReadonlySet<number>> {
  const [first, ...others] = await Promise.all(
    Object.values(entries).map((entry: StageEntry) => entry.stored()),
  );
  return new Set([...first].filter((index) => others.every((stored) => stored.has(index))));
}

async function passOver(subject: PassSubject, entries: Entries, chunks: readonly number[]): Promise<void> {
  const { intake, layer, images, environment, conceptBank } = subject;
  const parts = cutAt(intake, layer);
  // Progress is told by the chunk: three stages take turns.
  const quiet = { ...subject, onProgress: () => undefined };
  const tools = {
    latent: runnerFor(subject, parts.latent),
    head: runnerFor(subject, parts.head),
    importances: openImportances(quiet, conceptBank, images.length),
  };
  const read = (start: number, end: number): Promise<PictureBatch> =>
    readBatch(environment.codec, images.slice(start, end), intake.preprocessing.preprocessing);
  const passes = inTurn(subject, chunks, {
    ...{ stage: 'coefficients', count: images.length, size: CHUNK },
    prepare: async (index, start, end) =>
      (await entries.coefficients.has(index)) && (await entries.removals.has(index))
        ? undefined
        : read(start, end),
    result: (batch: PictureBatch | undefined, index, start, end) =>
      passOverChunk(subject, entries, { ...tools, read: async () => batch ?? read(start, end) }, index),
  });
  try {
    while ((await passes.next()).done !== true) continue;
  } finally {
    await tools.latent.dispose();
    await tools.head.dispose();
    await tools.importances.dispose();
  }
}

/** Each piece is stored as soon as it is there; those that are there already are read. */
async function passOverChunk(
  subject: PassSubject,
  { coefficients, importance, removals }: Entries,
  { latent, head, importances, read }: Tools & { readonly read: () => Promise<PictureBatch> },
  index: number,
): Promise<void> {
  const { conceptBank, layer } = subject;
  let known: Promise<Tensor<'float32'>> | undefined;
  const activations = () => (known ??= read().then((batch) => latent.run(requireAll(batch))));
  const { tensors } = await begun(coefficients).get(index, async () =>
    coefficientsPiece(subject, conceptBank, head, await activations()),
  );
  const own = coefficientsIn(tensors, positionsOf(layer));
  await begun(importance).get(index, () => importances.piece(own, index * CHUNK) as Promise<StagePiece>);
  await begun(removals).get(index, async () =>
    removalsPiece(subject, conceptBank, head, { activations: await activations(), coefficients: own }),
  );
}

/** Its clock counts the piece alone, not what the other stages did since its last one. */
function begun(entry: StageEntry): StageEntry {
  entry.begin();
  return entry;
}
