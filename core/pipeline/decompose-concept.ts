import { strongest } from '../concepts/strongest.ts';
import type { Box, Decomposition, Explanation, LayerRecord } from '../concepts/explanation.ts';
import { positionBoxes, strongestPlaces } from '../concepts/gallery.ts';
import { classImportance, meanIndices } from '../concepts/importance.ts';
import { channelsOf, positionsOf } from '../concepts/latent-rows.ts';
import { partId } from '../concepts/recursion/concept-tree.ts';
import { rebuildsWell } from '../concepts/recursion/decomposition-verdict.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { frameOf } from '../images/preprocessing.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { PartTensors } from '../project/run-tensors.ts';
import type { StageStore } from '../project/stage-store.ts';
import { CROPS_KEPT, prevalences, ranked } from './assemble-explanation.ts';
import { runnerBetween } from './concept-sources.ts';
import { chooseEarlierCut } from './earlier-cut.ts';
import { defaultPatch, runnerFor, cutAt } from './model-parts.ts';
import { partMaps } from './part-maps.ts';
import { withStamps } from './picture-stamps.ts';
import type { ScoredScope, WorkScope } from './run-context.ts';
import {
  activationsOf,
  chooseDecompositionImages,
  footprintsOf,
  type DecompositionImages,
} from './decomposition-images.ts';
import type { ParentConcept } from './parent-concept.ts';
import { openStages, type Stages } from './stage-runner.ts';
import { partImportanceStage, type PartImportances } from './stages/part-importance.ts';
import { partsStage, type FoundParts } from './stages/parts.ts';

/** A run whose concepts are decomposed. */
export interface DecompositionContext extends ScoredScope, WorkScope {
  /** Records the stages of the decomposition with the run. */
  readonly keep: StageStore['stage'];
  readonly options: RunOptions;
  readonly explanation: Explanation;
}

/** How a concept is to be decomposed. */
export interface DecompositionRequest {
  /** Cut tensor; absent: the proposed earlier cut. */
  readonly layer?: string;
  /** Absent: as many as the run's option says, or as few as the layer has channels and the concept places. */
  readonly parts?: number;
  /** A decomposition that was not asked for is given up as soon as it proves poor. */
  readonly isChosen: boolean;
}

/** A decomposition and its arrays. */
export interface DecompositionOutcome {
  readonly decomposition: Decomposition;
  readonly tensors: PartTensors;
}

/** A decomposition whose cut and images are chosen. */
interface PlannedDecomposition extends DecompositionImages {
  readonly parent: ParentConcept;
  readonly earlier: LayerRecord;
  readonly footprints: readonly Uint8Array[];
  readonly isChosen: boolean;
}

type DecompositionStages = Stages<'intake' | 'device' | 'parent' | 'earlier' | 'images'>;

/**
 * Decomposes a concept, or a part of one, at an earlier cut (CRAFT, section 3.2): factorises the activations of its
 * places, ranks the parts by their total index on the parent's mean coefficient, and draws them. Every step is
 * stored under the fingerprint of what it depends on, whatever run the parent comes from.
 *
 * Returns undefined for a decomposition that was not asked for and does not rebuild its parent well.
 * Throws TesseraError 'bad-usage' (no earlier cut, a cut that is not earlier, a concept in too few images, more parts
 * than places or channels), 'unknown-name' (the layer), 'bad-image'.
 */
export async function decomposeConcept(
  context: DecompositionContext,
  parent: ParentConcept,
  { layer, parts: asked, isChosen }: DecompositionRequest,
): Promise<DecompositionOutcome | undefined> {
  const { explanation, options, intake, device, keep } = context;
  const earlier = chooseEarlierCut(intake, parent.layer, layer);
  const chosen = chooseDecompositionImages(parent);
  const paths = chosen.chosen.map((i) => ({ path: explanation.images[parent.images[i]].file }));
  const images = await withStamps(context.project, paths);
  const facts = { intake, device, parent, earlier, images };
  const footprints = footprintsOf(parent, chosen, earlier);
  const parts = asked ?? Math.min(options.parts, channelsOf(earlier), placesIn(footprints));
  const stages = openStages(context, facts, { ...options, parts }, { keep });
  const planned = { ...chosen, parent, earlier, footprints, isChosen };
  const latent = runnerFor(context, cutAt(intake, earlier).latent);
  const between = runnerBetween(context, earlier, parent.layer);
  try {
    const read = (own: readonly number[]) =>
      activationsOf(
        context,
        latent,
        earlier,
        own.map((i) => images[i]),
      );
    const request = { ...planned, between, read };
    const found = await stages.get(partsStage, request);
    if (!isChosen && !rebuildsWell(found)) return undefined;
    return await assembled(context, stages, planned, found, await stages.get(partImportanceStage, request));
  } finally {
    await latent.dispose();
    await between.dispose();
  }
}

function placesIn(footprints: readonly Uint8Array[]): number {
  return footprints.reduce((sum, inside) => sum + inside.reduce((own, one) => own + one, 0), 0);
}

async function assembled(
  context: DecompositionContext,
  stages: DecompositionStages,
  { parent, earlier, chosen, footprints, isChosen }: PlannedDecomposition,
  found: FoundParts,
  importances: PartImportances,
): Promise<DecompositionOutcome> {
  const { options } = context;
  const importance = classImportance(importances.images, options.seed);
  const images = chosen.map((i) => parent.images[i]);
  const { partBank, coefficients, ...facts } = found;
  const parts = rankedParts(context, parent, earlier, images, coefficients, importance);
  const [method] = options.maps;
  const drawn = await partMaps(context, stages, { method, earlier, partBank, parts, images, footprints });
  const { evaluations, method: estimate } = importance;
  return {
    decomposition: {
      parent: parent.id,
      layer: earlier,
      isChosen,
      images,
      ...facts,
      importance: { ...importances.design, evaluations, method: estimate },
      parts,
      maps: drawn.record,
    },
    tensors: {
      conceptBank: partBank,
      coefficients,
      footprint: footprints,
      imageImportance: importances.images.map(meanIndices),
      maps: drawn.maps,
    },
  };
}

/** The parts, the most important for their parent first. */
function rankedParts(
  context: DecompositionContext,
  parent: ParentConcept,
  earlier: LayerRecord,
  images: readonly number[],
  coefficients: readonly Matrix[],
  importance: ReturnType<typeof classImportance>,
) {
  const boxes = partBoxes(context, earlier);
  const places = images.flatMap((image) => boxes.map((box) => ({ image, box })));
  const onGrid = joined(coefficients, positionsOf(earlier) - boxes.length);
  const galleries = strongestPlaces(onGrid, places, CROPS_KEPT);
  return ranked(importance, galleries, prevalences(coefficients.map(strongest))).map((part, rank) => ({
    ...part,
    id: partId(parent.id, importance.order[rank]),
    name: `${parent.name}.${rank + 1}`,
  }));
}

/**
 * The part of the picture that each grid position of the parts' layer is shown by: a part is smaller than its concept,
 * but a few cells of its layer must be seen.
 */
function partBoxes({ intake, options }: DecompositionContext, layer: LayerRecord): Box[] {
  const frame = frameOf(intake.preprocessing.preprocessing);
  const short = Math.min(frame.width, frame.height);
  const whole = Math.min(options.patch ?? defaultPatch(intake), short);
  const cells = (3 * short) / Math.max(1, Math.min(...layer.grid));
  const patch = Math.max(whole / 2, Math.min(whole, cells));
  return positionBoxes(layer, frame, Math.max(1, Math.round(patch)));
}

/** Coefficients of all images one after another, positions before the grid left out. */
function joined(coefficients: readonly Matrix[], before: number): Matrix {
  const { rows, cols } = coefficients[0];
  const size = (rows - before) * cols;
  const data = new Float32Array(coefficients.length * size);
  coefficients.forEach((image, i) => data.set(image.data.subarray(before * cols), i * size));
  return matrix(coefficients.length * (rows - before), cols, data);
}
