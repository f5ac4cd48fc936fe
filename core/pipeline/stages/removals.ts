import { unchangedFactors } from '../../concepts/ablation.ts';
import type { Concept, ConceptRemoval } from '../../concepts/explanation.ts';
import { stackRows, type Matrix } from '../../linalg/matrix.ts';
import type { Tensor } from '../../tensor.ts';
import { chunked } from '../chunked.ts';
import { runnerFor, splitAt } from '../model-parts.ts';
import { readBatch, requireAll } from '../pictures.ts';
import type { ClassContext } from '../run-context.ts';
import { scaledAnswers } from '../scaled-answers.ts';

/**
 * What the model says of every image when a concept is taken out of it, for each concept in turn; what the concepts
 * do not explain stays (see scaleConcepts).
 *
 * Returns one entry a concept, in the order of `concepts`, with the images that are decided otherwise.
 */
export async function conceptRemovals(
  context: ClassContext,
  conceptBank: Matrix,
  coefficients: readonly Matrix[],
  concepts: readonly Concept[],
  fingerprint: string,
): Promise<ConceptRemoval[]> {
  const decisions = await decisionsWithout(context, conceptBank, coefficients, fingerprint);
  const { names } = context.intake.labels;
  return concepts.map(({ id }) => {
    const column = Number(id.slice(1));
    return {
      concept: id,
      flips: decisions.flatMap((own, image) =>
        own[column] === own[conceptBank.rows]
          ? []
          : [{ image, to: { index: own[column], name: names[own[column]] } }],
      ),
    };
  });
}

/** Class of each image without concept 0 … r-1, and last with all of them: [images][r + 1]. */
async function decisionsWithout(
  context: ClassContext,
  conceptBank: Matrix,
  coefficients: readonly Matrix[],
  fingerprint: string,
): Promise<Int32Array[]> {
  const { layer, images, intake, environment } = context;
  const parts = splitAt(intake, layer);
  const latent = runnerFor(context, parts.latent);
  const head = runnerFor(context, parts.head);
  const r = conceptBank.rows;
  const ones = unchangedFactors(r);
  const stage = chunked(context, {
    stage: 'removals',
    fingerprint,
    count: images.length,
    prepare: (start, end) =>
      readBatch(environment.codec, images.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch, start, end) => {
      const activations = await latent.run(requireAll(batch));
      const own = { activations, coefficients: stackRows(coefficients.slice(start, end)) };
      const data = new Int32Array((end - start) * (r + 1));
      for (let concept = 0; concept <= r; concept++) {
        const factors = concept < r ? ones.with(concept, 0) : ones;
        const answers = await scaledAnswers(head, own, conceptBank, layer, factors);
        answers.forEach(({ index }, image) => (data[image * (r + 1) + concept] = index));
      }
      return new Map<string, Tensor>([['decisions', { type: 'int32', dims: [end - start, r + 1], data }]]);
    },
  });
  const decisions: Int32Array[] = [];
  try {
    for await (const chunk of stage) {
      const { data } = chunk.get('decisions') as Tensor<'int32'>;
      for (let at = 0; at < data.length; at += r + 1) decisions.push(data.slice(at, at + r + 1));
    }
  } finally {
    await latent.dispose();
    await head.dispose();
  }
  return decisions;
}
