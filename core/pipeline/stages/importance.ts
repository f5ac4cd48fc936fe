import {
  importanceOfImages,
  type ImageImportance,
  type ImportanceOptions,
} from '../../concepts/importance.ts';
import type { OptionsReadBy } from '../../concepts/run-options.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { createRandom } from '../../random.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { cutAt } from '../model-parts.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';
import { coefficientsStage } from './coefficients.ts';
import { importancePiece, readImportances } from './importance-pieces.ts';

/** Total indices of every concept in every image. */
export const importanceStage = defineStage({
  name: 'importance',
  inputs: { bank: bankStage, coefficients: coefficientsStage },
  facts: [],
  version: 2,
  chunk: CHUNK,
  compute: imageImportances,
});

type Context = StageContext<
  'importance',
  'intake' | 'device' | 'layer' | 'classIndex',
  { readonly bank: typeof bankStage; readonly coefficients: typeof coefficientsStage }
>;

async function imageImportances(context: Context): Promise<ImageImportance[]> {
  const { intake, layer, classIndex, device, environment, options, inputs, onProgress, signal } = context;
  const { coefficients } = inputs.coefficients;
  const head = await createSpecialisedMaskedHead(
    cutAt(intake, layer).head,
    layer,
    inputs.bank.conceptBank,
    classIndex,
    { sessions: device.sessions, memoryBudget: environment.memoryBudget },
  );
  const designs = designsOf(options, coefficients.length);
  const pieces = chunked(context, {
    stage: 'importance',
    count: coefficients.length,
    prepare: () => Promise.resolve(undefined),
    compute: async (_, start, end) => {
      const images = await importanceOfImages(coefficients.slice(start, end), head, designs[start / CHUNK], {
        total: coefficients.length,
        onProgress: ({ done, ...rest }) => onProgress({ ...rest, done: start + done }),
        ...(signal && { signal }),
      });
      return importancePiece(images);
    },
  });
  const result: ImageImportance[] = [];
  try {
    for await (const piece of pieces) result.push(...readImportances(piece));
  } finally {
    await head.dispose();
  }
  return result;
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
