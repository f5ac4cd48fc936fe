import type { Explanation } from '../../concepts/explanation.ts';
import type { MaskedHeadWithRest } from '../../concepts/masked-head.ts';
import type { OptionsReadBy } from '../../concepts/run-options.ts';
import { conceptEffects, meanRest, restIndex, type RestIndex } from '../../concepts/rest-index.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import { createRandom } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { sliceItems } from '../batch-items.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import { readBatch, requireAll } from '../pictures.ts';
import { spreadPlaces } from '../spread-places.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';
import { coefficientsStage } from './coefficients.ts';

/** Images in which the rest is weighed, spread evenly over those of the run; their scatter makes the interval. */
export const MOST_IMAGES = 48;

/** Total index of the rest in one image, one value where it has a closed form, and what each concept does to the score. */
export interface ImageRest extends RestIndex {
  /** By how much the model's own score falls without each concept, [r]; below 0 it rises. */
  readonly effects: readonly number[];
}

/**
 * How much of the movement of the score lies with what no concept explains of the activations, A - UW: its total index as
 * one more player beside the concepts, in some of the images. One less it is what the concepts carry by themselves.
 */
export const restStage = defineStage({
  name: 'rest',
  inputs: { bank: bankStage, coefficients: coefficientsStage },
  facts: [],
  version: 2,
  chunk: CHUNK,
  compute: imageRests,
});

type Context = StageContext<
  'rest',
  'intake' | 'device' | 'layer' | 'images' | 'classIndex',
  { readonly bank: typeof bankStage; readonly coefficients: typeof coefficientsStage }
>;

async function imageRests(context: Context): Promise<ImageRest[]> {
  const { layer, classIndex, images, intake, device, environment, options, inputs, signal } = context;
  const { coefficients } = inputs.coefficients;
  const chosen = spreadPlaces(coefficients.length, MOST_IMAGES);
  const parts = cutAt(intake, layer);
  const latent = runnerFor(context, parts.latent);
  const head = await createSpecialisedMaskedHead(parts.head, layer, inputs.bank.conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  const random = createRandom(options.seed);
  const seeds = chosen.map(() => random.integer(2 ** 32));
  const pieces = chunked(context, {
    stage: 'rest',
    count: chosen.length,
    prepare: (start, end) =>
      readBatch(
        environment.codec,
        chosen.slice(start, end).map((image) => images[image]),
        intake.preprocessing.preprocessing,
      ),
    compute: async (batch, start, end) => {
      const activations = await latent.run(requireAll(batch));
      const value: ImageRest[] = [];
      for (let at = start; at < end; at++) {
        signal?.throwIfAborted();
        const own = sliceItems(activations, at - start, at - start + 1);
        value.push(await restOfImage(head, coefficients[chosen[at]], own, { ...options, seed: seeds[at] }));
      }
      return {
        tensors: new Map(),
        value: value.map(({ replicates, effects, ...rest }) => ({
          ...rest,
          replicates: [...replicates],
          effects: [...effects],
        })),
      };
    },
  });
  const found: ImageRest[] = [];
  try {
    for await (const { value } of pieces) found.push(...value);
  } finally {
    await latent.dispose();
    await head.dispose();
  }
  return found;
}

/** What the rest and each of the concepts do to the score of one image, by its coefficients and activations. */
export async function restOfImage(
  head: MaskedHeadWithRest,
  coefficients: Matrix,
  activations: Tensor<'float32'>,
  options: OptionsReadBy<'rest'>,
): Promise<ImageRest> {
  const logit = await head.prepareWithRest(coefficients, activations);
  const r = coefficients.cols;
  return { ...(await restIndex(logit, r, options)), effects: await conceptEffects(logit, r) };
}

/** What the concepts and the rest do to the score over the images; nothing where it moves in none. */
export interface Movement {
  /** Mean share of the rest with its 95 % interval. */
  readonly rest?: NonNullable<Explanation['rest']>;
  /** Mean fall of the score without each concept, [r]. */
  readonly effects?: readonly number[];
}

/** Means over the images in which anything moves the score. */
export function movementOf(images: readonly ImageRest[], seed: number): Movement {
  const usable = images.filter(({ status }) => status === 'ok');
  if (usable.length === 0) return {};
  const rest = meanRest(usable, seed);
  const effects = usable[0].effects.map(
    (_, concept) => usable.reduce((sum, image) => sum + image.effects[concept], 0) / usable.length,
  );
  return { ...(rest && { rest }), effects };
}
