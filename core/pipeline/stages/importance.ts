import {
  importanceOfImages,
  type ImageImportance,
  type ImportanceOptions,
} from '../../concepts/importance.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import { createRandom } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { fromJsonTensor, jsonTensor } from '../json-tensor.ts';
import { splitAt } from '../model-parts.ts';
import type { ClassContext } from '../run-context.ts';

/** Total indices of every concept in every image. */
export async function imageImportances(
  context: ClassContext,
  conceptBank: Matrix,
  coefficients: readonly Matrix[],
  fingerprint: string,
): Promise<ImageImportance[]> {
  const { intake, layer, classIndex, device, environment, options } = context;
  const { sessions } = device;
  const { memoryBudget } = environment;
  const latentHead = splitAt(intake, layer).head;
  const head = await createSpecialisedMaskedHead(latentHead, layer, conceptBank, classIndex, {
    sessions,
    memoryBudget,
  });
  // Drawn for all chunks at once, so that a resumed run meets the same designs.
  const random = createRandom(options.seed);
  const seeds = Array.from({ length: Math.ceil(coefficients.length / CHUNK) }, () => random.integer(2 ** 32));
  const stage = chunked(context, {
    stage: 'importance',
    fingerprint,
    count: coefficients.length,
    prepare: () => Promise.resolve(undefined),
    compute: async (_, start, end) => {
      const own = coefficients.slice(start, end);
      const images = await importanceOfImages(
        own,
        head,
        { ...designOf(context), seed: seeds[start / CHUNK] },
        {
          total: coefficients.length,
          onProgress: ({ done, ...rest }) => context.onProgress({ ...rest, done: start + done }),
          ...(context.signal && { signal: context.signal }),
        },
      );
      return importanceTensors(images);
    },
  });
  const result: ImageImportance[] = [];
  try {
    for await (const chunk of stage) result.push(...readImportances(chunk));
  } finally {
    await head.dispose();
  }
  return result;
}

/** The sampling design that the options ask for; CRAFT's own is unscrambled, and counts as it does. */
function designOf({ options }: ClassContext): ImportanceOptions {
  const { design, samples, replicates, craft } = options;
  const asked = { design, samples, replicates };
  return craft ? { ...asked, scrambled: false, convention: 'craft', alwaysSample: true } : asked;
}

type Facts = Omit<ImageImportance, 'replicates'> & { readonly replicates: number };

function importanceTensors(images: readonly ImageImportance[]): Map<string, Tensor> {
  const facts = images.map(({ replicates, ...rest }) => ({ ...rest, replicates: replicates.length }));
  const data = Float64Array.from(images.flatMap(({ replicates }) => replicates.flatMap((one) => [...one])));
  return new Map<string, Tensor>([
    ['indices', { type: 'float64', dims: [data.length], data }],
    ['facts', jsonTensor(facts)],
  ]);
}

function readImportances(chunk: ReadonlyMap<string, Tensor>): ImageImportance[] {
  const { data } = chunk.get('indices') as Tensor<'float64'>;
  const facts = fromJsonTensor<Facts[]>(chunk.get('facts'));
  const nConcepts = data.length / facts.reduce((sum, { replicates }) => sum + replicates, 0);
  let offset = 0;
  return facts.map(({ replicates, ...rest }) => ({
    ...rest,
    replicates: Array.from({ length: replicates }, () => {
      offset += nConcepts;
      return data.slice(offset - nConcepts, offset);
    }),
  }));
}
