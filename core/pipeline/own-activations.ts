import type { Tensor } from '../tensor.ts';
import { sliceItems } from './batch-items.ts';
import { cutAt, runnerFor } from './model-parts.ts';
import { readBatch, requireAll } from './pictures.ts';
import type { Facts, StageWork } from './stage.ts';

type Scope = Pick<StageWork, 'environment' | 'signal'> &
  Pick<Facts, 'intake' | 'device' | 'layer' | 'images'>;

/** Pictures read and run at once. */
const BATCH = 16;

/**
 * The model's own activations A [1, …] of some images of the run, by their index, one after another in that order; a few
 * are held at a time.
 *
 * Throws TesseraError 'bad-image' when a picture can no longer be read; the signal's reason when aborted.
 */
export async function* ownActivations(
  context: Scope,
  chosen: readonly number[],
): AsyncGenerator<{ readonly image: number; readonly own: Tensor<'float32'> }> {
  const { intake, layer, images, environment, signal } = context;
  const runner = runnerFor(context, cutAt(intake, layer).latent);
  try {
    for (let start = 0; start < chosen.length; start += BATCH) {
      signal?.throwIfAborted();
      const some = chosen.slice(start, start + BATCH);
      const files = some.map((image) => images[image]);
      const batch = await readBatch(environment.codec, files, intake.preprocessing.preprocessing);
      const activations = await runner.run(requireAll(batch));
      for (const [at, image] of some.entries()) yield { image, own: sliceItems(activations, at, at + 1) };
    }
  } finally {
    await runner.dispose();
  }
}
