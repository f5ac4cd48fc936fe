import { imageImportance, type ImageImportance } from '../../concepts/importance.ts';
import { maskedParent } from '../../concepts/recursion/masked-parent.ts';
import type { Importance } from '../../concepts/explanation.ts';
import { createRandom } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { spreadPlaces } from '../spread-places.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { importancePiece, readImportances } from './importance-pieces.ts';
import { partsInImage, partsStage, type PartsRequest } from './parts.ts';

/** Images in which importance is estimated, spread over those of the decomposition; their scatter makes the interval. */
const MOST_IMAGES = 12;
/** A quarter of the size of a class's design: every mask runs the sub-model and the least squares after it. */
const SAMPLES = 32;
const REPLICATES = 2;

/** Total indices of the parts in some of a decomposition's images. */
export interface PartImportances {
  readonly images: readonly ImageImportance[];
  readonly design: Pick<Importance, 'design' | 'samples' | 'replicates'>;
}

/** Importance of every part for its parent, image by image; each image is stored as it is done. */
export const partImportanceStage = defineStage({
  name: 'part-importance',
  inputs: { parts: partsStage },
  facts: [],
  version: 2,
  label: ({ parent }) => `split-${parent.id}-importance`,
  compute: partImportances,
});

type Context = StageContext<'part-importance', 'parent' | 'earlier', { readonly parts: typeof partsStage }>;

async function partImportances(context: Context, request: PartsRequest): Promise<PartImportances> {
  const { entry, parent, earlier, inputs, options, onProgress, signal } = context;
  const { chosen, between, read } = request;
  const spread = spreadPlaces(chosen.length, MOST_IMAGES);
  const random = createRandom(options.seed);
  const seeds = spread.map(() => random.integer(2 ** 32));
  const design = { design: options.design, samples: SAMPLES, replicates: REPLICATES };
  const parentFunction = { ...parent, earlier, between: (batch: Tensor<'float32'>) => between.run(batch) };
  const images: ImageImportance[] = [];
  for (const [i, image] of spread.entries()) {
    signal?.throwIfAborted();
    const piece = await entry.get(i, async () => {
      const [activations] = await read([image]);
      const inImage = partsInImage(parent, request, inputs.parts, image, activations);
      const logit = maskedParent(parentFunction, inImage);
      const nParts = inputs.parts.partBank.rows;
      return importancePiece([await imageImportance(logit, nParts, { ...design, seed: seeds[i] })]);
    });
    images.push(...readImportances(piece));
    onProgress({ stage: 'parts', done: i + 1, total: spread.length });
  }
  return { images, design };
}
