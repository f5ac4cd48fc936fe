import { editedActivations } from '../../editing/edited-activations.ts';
import type { ConceptEdit } from '../../editing/concept-edit.ts';
import type { LayerRecord } from '../../concepts/explanation.ts';
import { sliceItems } from '../batch-items.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import { readBatch } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import type { ModelScope } from '../run-context.ts';
import type { ModelIntake } from '../model-intake.ts';

/** How far an edited file is from its edit by exact amounts. */
export interface EditCheck {
  readonly images: number;
  /** Largest difference of any raw score. */
  readonly largest: number;
}

/**
 * Compares raw scores of an edited model with those that the original gives after its cut for activations edited by exact
 * amounts (`editedActivations`): for `remove`, with the numbers of "what if". `column`: only this score is edited.
 */
export async function checkEdited(
  { original, ...scope }: Omit<ModelScope, 'intake'> & { readonly original: ModelIntake },
  edited: ModelIntake,
  {
    layer,
    edit,
    column,
  }: { readonly layer: LayerRecord; readonly edit: ConceptEdit; readonly column?: number },
  files: readonly FileFact[],
): Promise<EditCheck> {
  const own = { ...scope, intake: original };
  const parts = cutAt(original, layer);
  const [latent, head] = [runnerFor(own, parts.latent), runnerFor(own, parts.head)];
  const whole = runnerFor({ ...scope, intake: edited }, edited.model);
  try {
    const batch = await readBatch(scope.environment.codec, files, original.preprocessing.preprocessing);
    if (batch.input === undefined) return { images: 0, largest: 0 };
    let largest = 0;
    for (let at = 0; at < batch.input.dims[0]; at++) {
      const input = sliceItems(batch.input, at, at + 1);
      const activations = await latent.run(input);
      const wanted = (await head.run(await editedActivations(activations, layer, edit))).data;
      const kept = column === undefined ? wanted : (await head.run(activations)).data;
      const got = (await whole.run(input)).data;
      for (let i = 0; i < got.length; i++) {
        const exact = column === undefined || i === column ? wanted[i] : kept[i];
        largest = Math.max(largest, Math.abs(got[i] - exact));
      }
    }
    return { images: batch.input.dims[0], largest };
  } finally {
    for (const runner of [latent, head, whole]) await runner.dispose();
  }
}
