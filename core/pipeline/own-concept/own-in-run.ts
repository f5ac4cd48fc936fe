import { strongest } from '../../concepts/strongest.ts';
import type { Box } from '../../concepts/explanation.ts';
import {
  classImportance,
  importanceOfImages,
  meanIndices,
  type ImageImportance,
} from '../../concepts/importance.ts';
import { bankWithOwn, directionOverlap } from '../../concepts/own/own-game.ts';
import type { OwnDirection } from '../../concepts/own/own-direction.ts';
import type { OwnConcept, StoredOwnConcept } from '../../concepts/own/own-concept.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { matrixColumn, rowView } from '../../linalg/matrix.ts';
import { innerProduct } from '../../linalg/norms.ts';
import { besideRandomSets } from '../../metrics/random-sets.ts';
import { shareEstimate } from '../../metrics/wilson.ts';
import type { RunTensors } from '../../project/run-tensors.ts';
import { prevalences } from '../assemble-explanation.ts';
import type { FinishedRun } from '../bank-merges.ts';
import { CHUNK } from '../chunked.ts';
import { imagesOfRun, requireSameImages } from '../input-changes.ts';
import { strongestCrops } from '../merged-run.ts';
import { cutAt } from '../model-parts.ts';
import { runBoxes } from '../run-boxes.ts';
import type { ScoredScope, WorkScope } from '../run-context.ts';
import { designsOf } from '../stages/importance.ts';
import { movementOf } from '../stages/rest.ts';
import type { FoundDirection } from './define-own-concept.ts';
import { ownInImages, type OwnInImages, type OwnSubject } from './own-in-images.ts';
import { runPreprocessing } from '../run-preprocessing.ts';

/** A direction with what it is in a run, without the id that it is kept by. */
export interface OwnInRun {
  readonly concept: Omit<OwnConcept, 'id'>;
  readonly tensors: StoredOwnConcept['tensors'];
}

/** Steps that {@link ownInRun} tells of. */
export function stepsOfOwn({ explanation }: FinishedRun): number {
  return 2 * explanation.images.length;
}

/**
 * What an own concept is in the images of a finished run, the one that it was made in or another of its bank: what it does to
 * the score beside the concepts of the run (own-game.ts), in the run's own designs, and its TCAV score.
 *
 * Throws   TesseraError 'bad-image' where the run's pictures are not what they were; the signal's reason when aborted.
 * Source   Kim et al. 2018 (TCAV); Anders et al. 2022 ("Finding and removing Clever Hans") for taking a direction away down
 *          to the probe's border.
 */
export async function ownInRun(
  scope: ScoredScope & WorkScope,
  run: FinishedRun,
  { conceptBank }: Pick<RunTensors, 'conceptBank'>,
  { concept, direction, probes }: Omit<FoundDirection, 'skipped'>,
  step: () => void,
): Promise<OwnInRun> {
  const { project, signal } = scope;
  await requireSameImages(project, run);
  const preprocessing = runPreprocessing(project, run);
  const boxes = runBoxes(run.explanation, run, preprocessing);
  const images = await imagesOfRun(project, run);
  const subject: OwnSubject = { scope, run, conceptBank, images, onDone: step, signal };
  const seen = await ownInImages(subject, direction);
  const importances = await importancesOf(subject, direction, seen);
  return {
    concept: {
      ...concept,
      ...tcavOf(seen, probes),
      ...figuresOf(subject, direction, { seen, importances, boxes }),
    },
    tensors: tensorsOf(direction, seen, importances),
  };
}

/** TCAV score of the first probe beside those of random sets; none where the model has no gradients there. */
function tcavOf({ gradients }: OwnInImages, probes: FoundDirection['probes']): Pick<OwnConcept, 'tcav'> {
  if (gradients === undefined) return {};
  const scores = Array.from({ length: probes.rows }, (_, row) =>
    risingShare(gradients, rowView(probes, row)),
  );
  const score = besideRandomSets(scores);
  const images = gradients.length;
  return { tcav: { ...score, ...shareEstimate(Math.round(score.value * images), images) } };
}

/** TCAV score: share of the images whose score rises along a direction. */
function risingShare(gradients: readonly Float32Array[], direction: Float32Array): number {
  return gradients.filter((gradient) => innerProduct(gradient, direction) > 0).length / gradients.length;
}

/** Total indices of all players of the game, the own concept last, image by image. */
async function importancesOf(
  { scope, run, conceptBank, onDone, signal }: OwnSubject,
  own: OwnDirection,
  { coefficients }: OwnInImages,
): Promise<ImageImportance[]> {
  const { layer, classIndex } = run.explanation;
  const head = await createSpecialisedMaskedHead(
    cutAt(scope.intake, layer).head,
    layer,
    bankWithOwn(conceptBank, own),
    classIndex,
    { sessions: scope.device.sessions, memoryBudget: scope.environment.memoryBudget },
  );
  const found: ImageImportance[] = [];
  try {
    for (const [chunk, design] of designsOf(run.options, coefficients.length).entries()) {
      const some = coefficients.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
      found.push(
        ...(await importanceOfImages(some, head, design, {
          total: some.length,
          onProgress: onDone,
          ...(signal && { signal }),
        })),
      );
    }
  } finally {
    await head.dispose();
  }
  return found;
}

type Figures = Pick<
  OwnConcept,
  'importance' | 'effect' | 'rest' | 'prevalence' | 'flips' | 'overlap' | 'crops' | 'isLinear'
>;

function figuresOf(
  { run, conceptBank }: OwnSubject,
  own: OwnDirection,
  {
    seen,
    importances,
    boxes,
  }: {
    readonly seen: OwnInImages;
    readonly importances: readonly ImageImportance[];
    readonly boxes: readonly Box[];
  },
): Figures {
  const r = conceptBank.rows;
  const { estimates, method } = classImportance(importances, run.options.seed);
  const { rest, effects } = movementOf(seen.rests, run.options.seed);
  return {
    isLinear: method === 'exact',
    importance: estimates[r],
    ...(effects && { effect: effects[r] }),
    ...(rest && { rest: { mean: rest.mean, low: rest.low, high: rest.high } }),
    prevalence: prevalences(seen.coefficients.map(strongest))[r],
    flips: seen.flips,
    overlap: {
      ...directionOverlap(conceptBank, own),
      found: run.explanation.concepts.map(({ id }) => ({ concept: id, importance: estimates[rowOfId(id)] })),
    },
    crops: strongestCrops(seen.coefficients, r, boxes),
  };
}

function tensorsOf(
  { direction, border, usual }: OwnDirection,
  { coefficients }: OwnInImages,
  importances: readonly ImageImportance[],
): StoredOwnConcept['tensors'] {
  return {
    direction,
    border,
    usual,
    amounts: coefficients.map((one) => matrixColumn(one, one.cols - 1)),
    imageImportance: Float64Array.from(importances, (one) =>
      one.status === 'non-finite' ? Number.NaN : meanIndices(one).at(-1)!,
    ),
  };
}
