import type { Box, Explanation } from '../../../core/concepts/explanation.ts';
import { playersOf, type Players } from '../../../core/concepts/merged-concepts.ts';
import { parentIdOf, rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import { TesseraError } from '../../../core/errors.ts';
import { parsePreprocessing, type Preprocessing } from '../../../core/images/preprocessing.ts';
import type { CodedBank } from '../../../core/linalg/coded-bank.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import { partCoefficientMap } from '../../../core/pipeline/part-map-source.ts';
import {
  givenPictures,
  type GivenPicture,
  type GivenPictures,
} from '../../../core/pipeline/given-pictures.ts';
import type { FileFact } from '../../../core/pipeline/question.ts';
import {
  columnsOf,
  loadMerges,
  mergedRun,
  type Merge,
  type Merges,
} from '../../../core/pipeline/merged-run.ts';
import { coefficientMap } from '../../../core/pipeline/report-maps.ts';
import { runBoxes } from '../../../core/pipeline/run-boxes.ts';
import type { StoredOwnConcept } from '../../../core/concepts/own/own-concept.ts';
import { ownMap } from '../../../core/pipeline/own-concept/own-for-report.ts';
import { loadOwnConcepts, ownStamp, pendingOwnConcepts } from '../../../core/project/own-concepts-file.ts';
import type { DefinedOwnConcept } from '../../../core/project/own-definitions-file.ts';
import { mergedKey, mergedStamp } from '../../../core/project/merged-file.ts';
import type { RunTensors } from '../../../core/project/run-tensors.ts';
import { loadRunTensors } from '../../../core/project/tensors-file.ts';
import { loadRun, openProject, type Project } from '../../../core/project/project-folder.ts';
import type { RunFile } from '../../../core/project/schema.ts';
import type { CoefficientMap } from '../../../core/report/rgb-picture.ts';
import type { Storage } from '../../../core/platform.ts';
import { answerNames } from '../../../core/score/score-record.ts';
import type { RunQuestion } from '../protocol.ts';
import { maximaOf, ownSource, sourceOf, type ConceptSource } from './concept-source.ts';
import { createKeptAnswers } from './kept-answers.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';
import { UNFINISHED_HINT, unfinishedText } from '../../../core/wording/unfinished-words.ts';

/** A finished run with its arrays as views ask for it: where concepts were merged, they are one. */
export interface OpenedRun {
  readonly project: Project;
  /** As it is stored; `explanation` in it is what the run found, every concept by itself. */
  readonly run: RunFile & { readonly explanation: Explanation };
  /** Of the classes or sides that its answers are indices of. */
  readonly names: readonly string[];
  /** Groups of concepts of which nothing is computed: each of their concepts is shown by itself. */
  readonly uncomputed: Merges['uncomputed'];
  readonly explanation: Explanation;
  /** That of the run. */
  readonly preprocessing: Preprocessing;
  /** Its explained images, with what their files were where that was recorded. */
  readonly images: readonly FileFact[];
  /** Every picture that it was given, the explained images first. */
  readonly given: GivenPictures;
  /** W [r, p]. */
  readonly conceptBank: CodedBank;
  /** U(x) [positions, r] of each image; of merged concepts their amount, in the column of the first. */
  readonly coefficients: readonly Matrix[];
  /** U(x) [positions, r] of each image, every column by itself: what the model's head takes. */
  readonly bankCoefficients: readonly Matrix[];
  /** Columns of the bank that are turned up and down as one. */
  readonly players: Players;
  /** Place in `players` of a concept's id; throws 'unknown-name'. */
  readonly playerOf: (concept: string) => number;
  /** Columns of each group of merged concepts, the first that which its id names. */
  readonly groups: readonly (readonly number[])[];
  /** Names a concept's map, another where it is merged with others. */
  readonly mapName: (concept: string) => string;
  /** Largest coefficient of each concept (column) [r] in each image. */
  readonly strengths: readonly Float32Array[];
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
  /** Concepts that a person gave by examples. */
  readonly own: readonly StoredOwnConcept[];
  /** Those of its bank that are not computed for it. */
  readonly pendingOwn: readonly DefinedOwnConcept[];
  /** Where a concept, a part of one, or an own concept is; throws 'unknown-name'. */
  readonly sourceOf: (concept: string) => ConceptSource;
  /** The concept's map on the layer's grid, if it has one; also of a part and of an own concept. */
  readonly mapOf: (concept: string, image: number) => CoefficientMap | undefined;
  /** Throws 'unknown-name' unless the run explains the image. */
  readonly checkImage: (image: number) => void;
  /** Any picture that the run was given, by its place in {@link OpenedRun.given}; throws 'unknown-name'. */
  readonly pictureAt: (image: number) => GivenPicture;
}

/** Opens the run that a question is about. */
export type OpenRun = (question: RunQuestion) => Promise<OpenedRun>;

const KEPT = 3;

/** Opens finished runs, keeping the last ones. Rejects with 'bad-project' for a run that has not finished. */
export function createOpenedRuns(storage: Storage): OpenRun {
  const stored = createKeptAnswers<StoredRun>(KEPT);
  const shown = createKeptAnswers<OpenedRun>(KEPT);
  return async ({ folder, key, runId }) => {
    // The project's file, too: a table or marks that it got since belong to the project that is opened.
    const files = [['runs', runId, 'run.json'], ['project.json']].map((names) =>
      storage.join(folder, ...names),
    );
    const modified = await Promise.all(
      files.map(async (path) => ((await storage.exists(path)) ? (await storage.stat(path)).modifiedMs : 0)),
    );
    const name = [key, folder, runId, ...modified].join('\n');
    const own = await stored(name, () => readRun(storage, folder, runId));
    const notes = await loadNotes(own.project, runId);
    const stamp = `${await mergedStamp(own.project, runId, notes.merged)} ${await ownStamp(own.project, runId)}`;
    return shown(`${name}\n${stamp}`, async () =>
      openRun(
        own,
        await loadMerges(own.project, own.run, notes),
        await loadOwnConcepts(own.project, own.run),
        await pendingOwnConcepts(own.project, own.run),
      ),
    );
  };
}

/** A finished run as its files have it. */
interface StoredRun extends Pick<OpenedRun, 'project' | 'run' | 'preprocessing' | 'given'> {
  readonly tensors: RunTensors;
}

async function readRun(storage: Storage, folder: string, runId: string): Promise<StoredRun> {
  const project = await openProject(storage, folder);
  const run = await loadRun(project, runId);
  const { explanation } = run;
  if (explanation === undefined) {
    throw new TesseraError('bad-project', unfinishedText(runId, 'show'), { hint: UNFINISHED_HINT });
  }
  return {
    project,
    run: { ...run, explanation },
    tensors: await loadRunTensors(project, runId),
    preprocessing: parsePreprocessing(run.given?.preprocessing ?? project.file.preprocessing),
    given: await givenPictures(project, run),
  };
}

function openRun(
  own: StoredRun,
  { known, uncomputed }: Merges,
  ownConcepts: readonly StoredOwnConcept[],
  pendingOwn: OpenedRun['pendingOwn'],
): OpenedRun {
  const { project, run, preprocessing, given } = own;
  const boxes = runBoxes(run.explanation, run, preprocessing);
  const found = { explanation: run.explanation, tensors: own.tensors };
  const { explanation, tensors } = mergedRun(found, known, { boxes, seed: run.options.seed });
  const { coefficients, strengths } = tensors;
  const groups = columnsOf(known);
  const players = playersOf(tensors.conceptBank.rows, groups);
  const maxima = maximaOf(strengths);
  const sources = new Map<string, ConceptSource>();
  const rankOf = new Map(explanation.concepts.map(({ id }, rank) => [id, rank]));
  const rank = (concept: string): number => {
    const place = rankOf.get(concept);
    if (place !== undefined) return place;
    throw unknownConcept(run.id, concept, known);
  };
  const ownOf = (concept: string) => ownConcepts.find((one) => one.concept.id === concept);
  const conceptColumn = (concept: string): number => rowOfId(explanation.concepts[rank(concept)].id);
  return {
    project,
    run,
    names: answerNames(run.explanation.score, project.file.labels.names),
    uncomputed,
    explanation,
    preprocessing,
    images: given.explained,
    given,
    ...tensors,
    bankCoefficients: own.tensors.coefficients,
    players,
    playerOf: (concept) => {
      const column = conceptColumn(concept);
      return players.findIndex((columns) => columns.includes(column));
    },
    groups,
    mapName: (concept) => {
      const merge = known.find(({ group }) => group[0] === concept);
      return merge === undefined ? concept : `${concept}_${mergedKey(project.storage, merge.group)}`;
    },
    boxes,
    firstPosition: coefficients[0].rows - boxes.length,
    maxima,
    conceptColumn,
    own: ownConcepts,
    pendingOwn,
    sourceOf: (concept) => {
      const given = ownOf(concept);
      const source =
        sources.get(concept) ??
        (given
          ? ownSource(given, explanation.layer, boxes)
          : sourceOf(explanation, tensors, concept, boxes, preprocessing));
      sources.set(concept, source);
      return source;
    },
    mapOf: (concept, image) => {
      const given = ownOf(concept);
      if (given) return ownMap(explanation, given, image);
      return parentIdOf(concept) === undefined
        ? coefficientMap(explanation, coefficients[image], rank(concept))
        : partCoefficientMap(explanation, tensors, concept, image);
    },
    checkImage: (image) => {
      if (image < coefficients.length) return;
      throw noImage(`${run.id} has ${coefficients.length}`, image);
    },
    pictureAt: (image) => {
      const picture = given.pictures.at(image);
      if (picture !== undefined) return picture;
      throw noImage(`${run.id} was given ${given.pictures.length}`, image);
    },
  };
}

function noImage(has: string, image: number): TesseraError {
  return new TesseraError('unknown-name', `Run ${has} images; there is no image ${image}.`);
}

function unknownConcept(runId: string, concept: string, merges: readonly Merge[]): TesseraError {
  const merge = merges.find(({ group }) => group.includes(concept));
  if (merge === undefined)
    return new TesseraError('unknown-name', `Run ${runId} has no concept "${concept}".`);
  return new TesseraError('unknown-name', `"${concept}" is merged into "${merge.group[0]}".`, {
    hint: `Name "${merge.group[0]}", which stands for all of them, or unmerge it first.`,
  });
}
