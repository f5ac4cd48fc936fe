import { lazyList, rowsOf } from '../../lazy-list.ts';
import { unchangedFactors } from '../../concepts/ablation.ts';
import type { Concept, ConceptRemoval } from '../../concepts/explanation.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { stackRows, type Matrix } from '../../linalg/matrix.ts';
import type { StagePiece } from '../../project/stage-entry.ts';
import type { Tensor } from '../../tensor.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { runnerFor, cutAt } from '../model-parts.ts';
import type { ModelRunner } from '../model-runner.ts';
import { readBatch, requireAll } from '../pictures.ts';
import { scaledAnswers } from '../scaled-answers.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';
import { coefficientsStage } from './coefficients.ts';

/**
 * Class of every image without concept 0 … r-1, and last with all of them: [images][r + 1]. What the concepts do not
 * explain remains (see scaleConcepts).
 */
export const removalsStage = defineStage({
  name: 'removals',
  inputs: { bank: bankStage, coefficients: coefficientsStage },
  facts: [],
  version: 2,
  chunk: CHUNK,
  isShared: true,
  compute: decisionsWithout,
});

type Context = StageContext<
  'removals',
  'intake' | 'device' | 'layer' | 'images',
  { readonly bank: typeof bankStage; readonly coefficients: typeof coefficientsStage }
>;

async function decisionsWithout(context: Context): Promise<readonly Int32Array[]> {
  const { layer, images, intake, environment, inputs } = context;
  const { conceptBank } = inputs.bank;
  const parts = cutAt(intake, layer);
  const latent = runnerFor(context, parts.latent);
  const head = runnerFor(context, parts.head);
  const pieces = chunked(context, {
    stage: 'removals',
    count: images.length,
    prepare: (start, end) =>
      readBatch(environment.codec, images.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch, start, end) => {
      const activations = await latent.run(requireAll(batch));
      const coefficients = inputs.coefficients.coefficients.slice(start, end);
      return removalsPiece(context, conceptBank, head, { activations, coefficients });
    },
  });
  const size = conceptBank.rows + 1;
  const decisions = new Int32Array(images.length * size);
  let filled = 0;
  try {
    for await (const { tensors } of pieces) {
      const { data } = tensors.get('decisions') as Tensor<'int32'>;
      decisions.set(data, filled);
      filled += data.length;
    }
  } finally {
    await latent.dispose();
    await head.dispose();
  }
  return rowsOf(decisions, size);
}

/** What is stored of some images, from their activations at the layer and their coefficients. */
export async function removalsPiece(
  { intake, layer }: Pick<Context, 'intake' | 'layer'>,
  conceptBank: CodedBank,
  head: ModelRunner,
  images: { readonly activations: Tensor<'float32'>; readonly coefficients: readonly Matrix[] },
): Promise<StagePiece<null>> {
  const r = conceptBank.rows;
  const ones = unchangedFactors(r);
  const count = images.coefficients.length;
  const coefficients = stackRows(images.coefficients);
  const data = new Int32Array(count * (r + 1));
  for (let concept = 0; concept <= r; concept++) {
    const factors = concept < r ? ones.with(concept, 0) : ones;
    const answers = await scaledAnswers(
      { head, score: intake.score },
      { activations: images.activations, coefficients },
      conceptBank,
      layer,
      factors,
    );
    answers.forEach(({ index }, image) => (data[image * (r + 1) + concept] = index));
  }
  const decisions: Tensor<'int32'> = { type: 'int32', dims: [count, r + 1], data };
  return { tensors: new Map([['decisions', decisions]]), value: null };
}

/** What becomes of the decisions without each concept, in the order of `concepts`, with the images that change. */
export function removalsOf(
  decisions: readonly Int32Array[],
  concepts: readonly Concept[],
  names: readonly string[],
): ConceptRemoval[] {
  const columns = concepts.map(({ id }) => rowOfId(id));
  const images: number[][] = columns.map(() => []);
  const classes: number[][] = columns.map(() => []);
  let image = 0;
  for (const own of decisions) {
    for (const [at, column] of columns.entries()) {
      if (own[column] === own[own.length - 1]) continue;
      images[at].push(image);
      classes[at].push(own[column]);
    }
    image++;
  }
  return concepts.map(({ id }, at) => ({
    concept: id,
    flips: lazyList(images[at].length, (flip) => {
      const index = classes[at][flip];
      return { image: images[at][flip], to: { index, name: names[index] } };
    }),
  }));
}
