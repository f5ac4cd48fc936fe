import { unchangedFactors } from '../../concepts/ablation.ts';
import type { Concept, ConceptRemoval } from '../../concepts/explanation.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { stackRows } from '../../linalg/matrix.ts';
import type { Tensor } from '../../tensor.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { runnerFor, cutAt } from '../model-parts.ts';
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
  compute: decisionsWithout,
});

type Context = StageContext<
  'removals',
  'intake' | 'device' | 'layer' | 'images',
  { readonly bank: typeof bankStage; readonly coefficients: typeof coefficientsStage }
>;

async function decisionsWithout(context: Context): Promise<Int32Array[]> {
  const { layer, images, intake, environment, inputs } = context;
  const { conceptBank } = inputs.bank;
  const parts = cutAt(intake, layer);
  const latent = runnerFor(context, parts.latent);
  const head = runnerFor(context, parts.head);
  const r = conceptBank.rows;
  const ones = unchangedFactors(r);
  const pieces = chunked(context, {
    stage: 'removals',
    count: images.length,
    prepare: (start, end) =>
      readBatch(environment.codec, images.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch, start, end) => {
      const activations = await latent.run(requireAll(batch));
      const coefficients = stackRows(inputs.coefficients.coefficients.slice(start, end));
      const data = new Int32Array((end - start) * (r + 1));
      for (let concept = 0; concept <= r; concept++) {
        const factors = concept < r ? ones.with(concept, 0) : ones;
        const answers = await scaledAnswers(
          { head, score: intake.score },
          { activations, coefficients },
          conceptBank,
          layer,
          factors,
        );
        answers.forEach(({ index }, image) => (data[image * (r + 1) + concept] = index));
      }
      const decisions: Tensor<'int32'> = { type: 'int32', dims: [end - start, r + 1], data };
      return { tensors: new Map([['decisions', decisions]]), value: null };
    },
  });
  const decisions: Int32Array[] = [];
  try {
    for await (const { tensors } of pieces) {
      const { data } = tensors.get('decisions') as Tensor<'int32'>;
      for (let at = 0; at < data.length; at += r + 1) decisions.push(data.slice(at, at + r + 1));
    }
  } finally {
    await latent.dispose();
    await head.dispose();
  }
  return decisions;
}

/** What becomes of the decisions without each concept, in the order of `concepts`, with the images that change. */
export function removalsOf(
  decisions: readonly Int32Array[],
  concepts: readonly Concept[],
  names: readonly string[],
): ConceptRemoval[] {
  return concepts.map(({ id }) => {
    const column = rowOfId(id);
    return {
      concept: id,
      flips: decisions.flatMap((own, image) =>
        own[column] === own[own.length - 1]
          ? []
          : [{ image, to: { index: own[column], name: names[own[column]] } }],
      ),
    };
  });
}
