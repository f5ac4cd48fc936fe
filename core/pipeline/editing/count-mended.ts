import type { LayerRecord } from '../../concepts/explanation.ts';
import type { ConceptEdit } from '../../editing/concept-edit.ts';
import { editedActivations } from '../../editing/edited-activations.ts';
import type { MendedCounts } from '../../editing/edit-frontier.ts';
import { rowView } from '../../linalg/matrix.ts';
import { tensorMatrix } from '../../linalg/matrix-tensor.ts';
import { answerOf } from '../../score/model-scores.ts';
import type { Tensor } from '../../tensor.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import { readBatch } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import type { ModelScope } from '../run-context.ts';

/** Images that are read and run at once. */
const BATCH = 32;

/** A picture of which it is known what the model should say. */
export interface KnownImage {
  readonly file: FileFact;
  /** Index of the right answer. */
  readonly truth: number;
}

/** Hears how many images are done, and stops the work. */
export interface CountingWork {
  readonly signal?: AbortSignal | undefined;
  readonly onImage?: (done: number, total: number) => void;
}

/**
 * What each of some edits at one cut does to the decisions on images: each image goes through the model up to the cut once,
 * whatever the number of edits, and `edits.length + 1` times through the rest. By exact amounts, without writing a model.
 *
 * Images that cannot be read count for none. Throws the signal's reason when aborted.
 */
export async function countMended(
  scope: ModelScope,
  layer: LayerRecord,
  edits: readonly ConceptEdit[],
  images: readonly KnownImage[],
  { signal, onImage }: CountingWork = {},
): Promise<MendedCounts[]> {
  const { intake, environment } = scope;
  const parts = cutAt(intake, layer);
  const [latent, head] = [runnerFor(scope, parts.latent), runnerFor(scope, parts.head)];
  const answers = async (activations: Tensor<'float32'>): Promise<number[]> => {
    const scores = tensorMatrix(await head.run(activations));
    return Array.from({ length: scores.rows }, (_, i) => answerOf(intake.scores, rowView(scores, i)).index);
  };
  const counts = edits.map(() => ({ mended: 0, broken: 0 }));
  try {
    for (let start = 0; start < images.length; start += BATCH) {
      const some = images.slice(start, start + BATCH);
      const files = some.map(({ file }) => file);
      const batch = await readBatch(environment.codec, files, intake.preprocessing.preprocessing);
      if (batch.input !== undefined) {
        const activations = await latent.run(batch.input);
        const truths = batch.readable.map((at) => some[at].truth);
        const before = await answers(activations);
        for (const [at, edit] of edits.entries()) {
          signal?.throwIfAborted();
          const after = await answers(await editedActivations(activations, layer, edit));
          truths.forEach((truth, i) => {
            if (before[i] !== truth && after[i] === truth) counts[at].mended++;
            if (before[i] === truth && after[i] !== truth) counts[at].broken++;
          });
        }
      }
      onImage?.(Math.min(images.length, start + BATCH), images.length);
    }
    return counts;
  } finally {
    await latent.dispose();
    await head.dispose();
  }
}
