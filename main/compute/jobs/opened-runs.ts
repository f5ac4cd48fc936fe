import type { Box, Explanation, LayerRecord } from '../../../core/concepts/explanation.ts';
import { positionBoxes } from '../../../core/concepts/gallery.ts';
import { parentIdOf, rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import { TesseraError } from '../../../core/errors.ts';
import { frameOf, parsePreprocessing, type Preprocessing } from '../../../core/images/preprocessing.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import { partCoefficientMap } from '../../../core/pipeline/part-map-source.ts';
import {
  givenPictures,
  type GivenPicture,
  type GivenPictures,
} from '../../../core/pipeline/given-pictures.ts';
import type { FileFact } from '../../../core/pipeline/question.ts';
import { parentConcept } from '../../../core/pipeline/parent-concept.ts';
import { coefficientMap } from '../../../core/pipeline/report-maps.ts';
import type { RunTensors } from '../../../core/project/run-tensors.ts';
import { loadRunTensors } from '../../../core/project/tensors-file.ts';
import { loadRun, openProject, type Project } from '../../../core/project/project-folder.ts';
import type { RunFile } from '../../../core/project/schema.ts';
import type { CoefficientMap } from '../../../core/report/rgb-picture.ts';
import type { Storage } from '../../../core/platform.ts';
import type { RunQuestion } from '../protocol.ts';
import { createKeptAnswers } from './kept-answers.ts';

/** A finished run with its arrays, as views ask for it. */
export interface OpenedRun {
  readonly project: Project;
  readonly run: RunFile;
  readonly explanation: Explanation;
  /** That of the run. */
  readonly preprocessing: Preprocessing;
  /** Its explained images, with what their files were where that was recorded. */
  readonly images: readonly FileFact[];
  /** Every picture that it was given, the explained images first. */
  readonly given: GivenPictures;
  /** W [r, p]. */
  readonly conceptBank: Matrix;
  /** U(x) [positions, r] of each image. */
  readonly coefficients: readonly Matrix[];
  /** Total index of each concept (column) [r] in each image. */
  readonly imageImportance: readonly Float64Array[];
  /** The part of the picture that each grid position stands for. */
  readonly boxes: readonly Box[];
  /** Positions before the grid (a class token). */
  readonly firstPosition: number;
  /** Largest coefficient of each concept in any image, by column. */
  readonly maxima: Float32Array;
  /** Column of the bank that a concept's id names; throws 'unknown-name'. */
  readonly conceptColumn: (concept: string) => number;
  /** Where a concept, or a part of one, is; throws 'unknown-name'. */
  readonly sourceOf: (concept: string) => ConceptSource;
  /** The concept's map on the layer's grid, if it has one; also of a part. */
  readonly mapOf: (concept: string, image: number) => CoefficientMap | undefined;
  /** Throws 'unknown-name' unless the run explains the image. */
  readonly checkImage: (image: number) => void;
  /** Any picture that the run was given, by its place in {@link OpenedRun.given}; throws 'unknown-name'. */
  readonly pictureAt: (image: number) => GivenPicture;
}

/** A concept's coefficients, or a part's, in the images in which it was looked for. */
interface ConceptSource extends Pick<OpenedRun, 'coefficients' | 'boxes' | 'firstPosition'> {
  readonly layer: LayerRecord;
  /** Index in the run of each image. */
  readonly images: readonly number[];
  readonly column: number;
  /** Largest coefficient in any image. */
  readonly maximum: number;
}

/** Opens the run that a question is about. */
export type OpenRun = (question: RunQuestion) => Promise<OpenedRun>;

const KEPT = 3;

/** Opens finished runs, keeping the last ones. Rejects with 'bad-project' for a run that has not ended. */
export function createOpenedRuns(storage: Storage): OpenRun {
  const kept = createKeptAnswers<OpenedRun>(KEPT);
  return async ({ folder, key, runId }) => {
    const path = storage.join(folder, 'runs', runId, 'run.json');
    const modified = (await storage.exists(path)) ? (await storage.stat(path)).modifiedMs : 0;
    return kept([key, folder, runId, modified].join('\n'), () => openRun(storage, folder, runId));
  };
}

async function openRun(storage: Storage, folder: string, runId: string): Promise<OpenedRun> {
  const project = await openProject(storage, folder);
  const run = await loadRun(project, runId);
  const { explanation } = run;
  if (explanation === undefined) {
    throw new TesseraError('bad-project', `Run ${runId} has not ended; there is nothing to show yet.`, {
      hint: 'Start the run again: it continues where it stopped.',
    });
  }
  const tensors = await loadRunTensors(project, runId);
  const { conceptBank, coefficients, imageImportance } = tensors;
  const preprocessing = parsePreprocessing(run.given?.preprocessing ?? project.file.preprocessing);
  const boxes = boxesOf(explanation, run, preprocessing);
  const maxima = maximaOf(coefficients);
  const given = await givenPictures(project, run);
  const sources = new Map<string, ConceptSource>();
  const rankOf = new Map(explanation.concepts.map(({ id }, rank) => [id, rank]));
  const rank = (concept: string): number => {
    const found = rankOf.get(concept);
    if (found !== undefined) return found;
    throw new TesseraError('unknown-name', `Run ${runId} has no concept "${concept}".`);
  };
  return {
    project,
    run,
    explanation,
    preprocessing,
    images: given.pictures.slice(0, coefficients.length).map(({ file }) => file),
    given,
    conceptBank,
    coefficients,
    imageImportance,
    boxes,
    firstPosition: coefficients[0].rows - boxes.length,
    maxima,
    conceptColumn: (concept) => rowOfId(explanation.concepts[rank(concept)].id),
    sourceOf: (concept) => {
      const source = sources.get(concept) ?? sourceOf(explanation, tensors, concept, boxes, preprocessing);
      sources.set(concept, source);
      return source;
    },
    mapOf: (concept, image) =>
      parentIdOf(concept) === undefined
        ? coefficientMap(explanation, coefficients[image], rank(concept))
        : partCoefficientMap(explanation, tensors, concept, image),
    checkImage: (image) => {
      if (image < coefficients.length) return;
      throw new TesseraError(
        'unknown-name',
        `Run ${runId} has ${coefficients.length} images; there is no image ${image}.`,
      );
    },
    pictureAt: (image) => {
      const picture = given.pictures.at(image);
      if (picture !== undefined) return picture;
      throw new TesseraError(
        'unknown-name',
        `Run ${runId} was given ${given.pictures.length} images; there is no image ${image}.`,
      );
    },
  };
}

function sourceOf(
  explanation: Explanation,
  tensors: RunTensors,
  concept: string,
  runBoxes: readonly Box[],
  preprocessing: Preprocessing,
): ConceptSource {
  const { layer, images, column, coefficients } = parentConcept(explanation, tensors, concept);
  const parts = explanation.splits?.find(({ parent }) => parent === parentIdOf(concept))?.parts;
  const patch = parts?.flatMap(({ crops }) => crops)[0]?.box[2];
  const boxes = patch === undefined ? runBoxes : positionBoxes(layer, frameOf(preprocessing), patch);
  return {
    layer,
    images,
    column,
    coefficients,
    boxes,
    firstPosition: coefficients[0].rows - boxes.length,
    maximum: maximaOf(coefficients)[column],
  };
}

/** As large as the crops of the run where they are known, else the paper's share of the picture. */
function boxesOf(
  { layer, concepts }: Explanation,
  { options }: RunFile,
  preprocessing: Preprocessing,
): Box[] {
  const frame = frameOf(preprocessing);
  const short = Math.min(frame.width, frame.height);
  const first = concepts.flatMap(({ crops }) => crops)[0];
  const patch = typeof options['patch'] === 'number' ? options['patch'] : (first?.box[2] ?? short);
  return positionBoxes(layer, frame, Math.min(patch, short));
}

function maximaOf(coefficients: readonly Matrix[]): Float32Array {
  const maxima = new Float32Array(coefficients[0].cols);
  for (const { data, cols } of coefficients) {
    for (let i = 0; i < data.length; i++) maxima[i % cols] = Math.max(maxima[i % cols], data[i]);
  }
  return maxima;
}
