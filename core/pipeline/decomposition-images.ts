import type { LayerRecord } from '../concepts/explanation.ts';
import { footprint } from '../concepts/recursion/footprint.ts';
import { positionsOf, toRows } from '../concepts/latent-rows.ts';
import { TesseraError } from '../errors.ts';
import { matrix, matrixColumn, type Matrix } from '../linalg/matrix.ts';
import { quantile } from '../sensitivity/bootstrap.ts';
import { PRESENT_FROM } from './assemble-explanation.ts';
import type { ModelRunner } from './model-runner.ts';
import { readBatch, requireAll } from './pictures.ts';
import type { ModelScope, WorkScope } from './run-context.ts';
import type { ParentConcept } from './parent-concept.ts';

/** The images used are those where the concept is at least as strong as in this share of the images that have it. */
const STRONGER_THAN = 0.5;
/** Fewer images say too little of what a concept is made of. */
const LEAST_IMAGES = 3;
/** So few are all used, strong or not. */
const FEW_IMAGES = 12;
/** More images than this add time and no parts. */
const MOST_IMAGES = 48;
/** Pictures in memory at once. */
const BATCH = 16;

/** The images in which a concept is decomposed, and where it is in them. */
export interface DecompositionImages {
  /** Places in {@link ParentConcept.images}. */
  readonly chosen: readonly number[];
  /** A coefficient of this size makes a position the concept's. */
  readonly threshold: number;
}

/** The images in which a concept is strong; 'bad-usage' where it is in too few, a dead concept among them. */
export function chooseDecompositionImages({
  name,
  coefficients,
  column,
}: ParentConcept): DecompositionImages {
  const strengths = coefficients.map((image) =>
    matrixColumn(image, column).reduce((most, value) => Math.max(most, value), 0),
  );
  const threshold = PRESENT_FROM * strengths.reduce((most, value) => Math.max(most, value), 0);
  const present = [...strengths.keys()].filter((image) => threshold > 0 && strengths[image] >= threshold);
  if (present.length < LEAST_IMAGES) {
    throw new TesseraError(
      'bad-usage',
      `${name} is present in ${present.length} of the ${strengths.length} images; it takes ${LEAST_IMAGES} to tell its parts.`,
      { hint: 'Explain on more images, or decompose another concept.' },
    );
  }
  const sorted = Float64Array.from(present, (image) => strengths[image]).sort();
  const least = present.length <= FEW_IMAGES ? 0 : quantile(sorted, STRONGER_THAN);
  const chosen = present
    .filter((image) => strengths[image] >= least)
    .sort((a, b) => strengths[b] - strengths[a])
    .slice(0, MOST_IMAGES)
    .sort((a, b) => a - b);
  return { chosen, threshold };
}

/** The parent's footprint at an earlier layer in each of the chosen images. */
export function footprintsOf(
  { coefficients, column, layer }: ParentConcept,
  { chosen, threshold }: DecompositionImages,
  earlier: LayerRecord,
): Uint8Array[] {
  return chosen.map((image) =>
    footprint(matrixColumn(coefficients[image], column), threshold, layer, earlier),
  );
}

/** Activations [positions, channels] of files at a layer. */
export async function activationsOf(
  { environment, intake, signal }: Pick<ModelScope & WorkScope, 'environment' | 'intake' | 'signal'>,
  runner: ModelRunner,
  layer: LayerRecord,
  files: readonly { readonly path: string }[],
  onDone: (count: number) => void = () => undefined,
): Promise<Matrix[]> {
  const positions = positionsOf(layer);
  const images: Matrix[] = [];
  for (let start = 0; start < files.length; start += BATCH) {
    signal?.throwIfAborted();
    const batch = files.slice(start, start + BATCH);
    const pictures = await readBatch(environment.codec, batch, intake.preprocessing.preprocessing);
    const rows = toRows(await runner.run(requireAll(pictures)), layer);
    const size = positions * rows.cols;
    for (let offset = 0; offset < rows.data.length; offset += size) {
      images.push(matrix(positions, rows.cols, rows.data.slice(offset, offset + size)));
    }
    onDone(images.length);
  }
  return images;
}
