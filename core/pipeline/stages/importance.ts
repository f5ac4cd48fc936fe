import {
  importanceOfImages,
  type ImageImportance,
  type ImportanceOptions,
} from '../../concepts/importance.ts';
import type { OptionsReadBy } from '../../concepts/run-options.ts';
import type { MaskedHead } from '../../concepts/masked-head.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import { createRandom } from '../../random.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { cutAt } from '../model-parts.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';
import { coefficientsStage } from './coefficients.ts';
import { collectImportances, importancePiece } from './importance-pieces.ts';

/** Total indices of every concept in every image. */
export const importanceStage = defineStage({
  name: 'importance',
  inputs: { bank: bankStage, coefficients: coefficientsStage },
  facts: [],
  version: 2,
  chunk: CHUNK,
  isShared: true,
  compute: imageImportances,
});

type Context = StageContext<
  'importance',
  'intake' | 'device' | 'layer' | 'classIndex',
  { readonly bank: typeof bankStage; readonly coefficients: typeof coefficientsStage }
>;

async function imageImportances(context: Context): Promise<readonly ImageImportance[]> {
  const { coefficients } = context.inputs.coefficients;
  const work = openImportances(context, context.inputs.bank.conceptBank, coefficients.length);
  const pieces = chunked(context, {
    stage: 'importance',
    count: coefficients.length,
    prepare: () => Promise.resolve(undefined),
    compute: (_, start, end) => work.piece(coefficients.slice(start, end), start),
  });
  try {
    return await collectImportances(pieces, context.inputs.bank.conceptBank.rows, context.entry.openSpool());
  } finally {
    await work.dispose();
  }
}

/** What computes the importance of the concepts in some images. */
export interface ImportanceWork {
  /** What is stored of a chunk of images, the first of which is number `start`. */
  piece(coefficients: readonly Matrix[], start: number): Promise<ReturnType<typeof importancePiece>>;
  dispose(): Promise<void>;
}

/** Opens the head at the first piece, so that a stage answered from the cache opens none; `images`: how many in all. */
export function openImportances(
  context: Pick<
    Context,
    'intake' | 'layer' | 'classIndex' | 'device' | 'environment' | 'options' | 'onProgress' | 'signal'
  >,
  conceptBank: CodedBank,
  images: number,
): ImportanceWork {
  const { intake, layer, classIndex, device, environment, options, onProgress, signal } = context;
  const designs = designsOf(options, images);
  let opened: Promise<MaskedHead> | undefined;
  return {
    async piece(coefficients, start) {
      opened ??= createSpecialisedMaskedHead(cutAt(intake, layer).head, layer, conceptBank, classIndex, {
        sessions: device.sessions,
        memoryBudget: environment.memoryBudget,
      });
      const found = await importanceOfImages(coefficients, await opened, designs[start / CHUNK], {
        total: images,
        onProgress: ({ done, ...rest }) => onProgress({ ...rest, done: start + done }),
        ...(signal && { signal }),
      });
      return importancePiece(found);
    },
    async dispose() {
      await (await opened)?.dispose();
    },
  };
}

/**
 * The sampling designs that the options ask for, one for each chunk of images; CRAFT's own is unscrambled, and counts as
 * it does. Drawn for all chunks at once, so that whoever computes some of them later meets the same designs.
 */
export function designsOf(
  { design, samples, replicates, craft, seed }: OptionsReadBy<'importance'>,
  images: number,
): ImportanceOptions[] {
  const asked = { design, samples, replicates };
  const own: ImportanceOptions = craft
    ? { ...asked, scrambled: false, convention: 'craft', alwaysSample: true }
    : asked;
  const random = createRandom(seed);
  return Array.from({ length: Math.ceil(images / CHUNK) }, () => ({ ...own, seed: random.integer(2 ** 32) }));
}
