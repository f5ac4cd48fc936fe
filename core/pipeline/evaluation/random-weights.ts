import { toRows } from '../../concepts/latent-rows.ts';
import { TesseraError } from '../../errors.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import { matrixColumn, type Matrix } from '../../linalg/matrix.ts';
import type { StoredSanity } from '../../metrics/evaluation.ts';
import { sanityCheck, type MapPair } from '../../metrics/sanity-check.ts';
import type { Model } from '../../onnx/graph.ts';
import { randomiseWeights } from '../../onnx/randomise-weights.ts';
import { sliceItems } from '../batch-items.ts';
import { runnerFor, cutAt } from '../model-parts.ts';
import { readBatch, requireAll } from '../pictures.ts';
import type { EvaluationScope } from './evaluation-scope.ts';
import type { EvaluationPlan, EvaluationSubject } from './plan.ts';

/** Fewer positions make no map; then a concept is compared over the images instead. */
const LEAST_POSITIONS = 4;

/**
 * Where the same concepts are when the model's weights are random: an explanation of what the model has learned must not
 * remain as it was. `tick` is called once an image.
 */
export async function evaluateSanity(
  context: EvaluationScope,
  { conceptBank, coefficients }: EvaluationSubject,
  { sanityImages }: EvaluationPlan,
  tick: () => void,
): Promise<StoredSanity> {
  const { intake, layer, images, environment, options, signal } = context;
  const random = randomised(intake.model, options.seed);
  if (typeof random === 'string') return { maps: 0, flat: 0, reason: random };
  const runner = runnerFor(context, cutAt({ ...intake, model: random }, layer).latent);
  const files = sanityImages.map((image) => images[image]);
  try {
    const input = requireAll(await readBatch(environment.codec, files, intake.preprocessing.preprocessing));
    const others: Matrix[] = [];
    for (const place of sanityImages.keys()) {
      signal?.throwIfAborted();
      const rows = toRows(await runner.run(sliceItems(input, place, place + 1)), layer);
      others.push((await codesOf(rows, conceptBank)).coefficients);
      tick();
    }
    const { similarity, maps, flat } = sanityCheck(
      mapPairs(
        sanityImages.map((image) => coefficients[image]),
        others,
      ),
    );
    return { ...(similarity !== undefined && { similarity }), maps: maps.length, flat: flat.length };
  } finally {
    await runner.dispose();
  }
}

function randomised(model: Model, seed: number): Model | string {
  try {
    return randomiseWeights(model, seed);
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-model') return error.message;
    throw error;
  }
}

/** One pair a concept and image, or one a concept where an image has no map. */
function mapPairs(first: readonly Matrix[], second: readonly Matrix[]): MapPair[] {
  const [{ rows, cols }] = first;
  const concepts = Array.from({ length: cols }, (_, c) => c);
  if (rows < LEAST_POSITIONS)
    return concepts.map((c) => ({
      map: first.flatMap((image) => [...matrixColumn(image, c)]),
      randomised: second.flatMap((image) => [...matrixColumn(image, c)]),
    }));
  return first.flatMap((image, i) =>
    concepts.map((c) => ({ map: matrixColumn(image, c), randomised: matrixColumn(second[i], c) })),
  );
}
