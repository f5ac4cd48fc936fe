import type { AnsweredImage, ComparedRun, KnownImage, RunAnswers } from '../comparison/compared-run.ts';
import type { Explanation } from '../concepts/explanation.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import { TesseraError } from '../errors.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { truthFinder } from '../images/folder-class.ts';
import { loadEvaluation } from '../project/evaluation-file.ts';
import { frameOf, type Preprocessing } from '../images/preprocessing.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { loadRun, type Project } from '../project/project-folder.ts';
import { loadPredictions, type GivenImage } from '../project/predictions-file.ts';
import { loadNotes, withGivenNames, type NotesFile } from '../project/run-notes.ts';
import type { RunTensors } from '../project/run-tensors.ts';
import type { RunFile } from '../project/schema.ts';
import { loadRunTensors } from '../project/tensors-file.ts';
import type { ComparedSide } from '../report/comparison/comparison-data.ts';
import { isUndecided, runAnswer } from '../score/decision.ts';
import { namedAnswer, type NamedAnswer } from '../score/named-answer.ts';
import { answerNames, scoreOfRecord } from '../score/score-record.ts';
import { PRESENT_FROM } from './assemble-explanation.ts';
import { distinctImages, firstAlike } from './evaluation/alike-images.ts';
import { asRunFound } from './input-changes.ts';
import { directionsOf } from './merged-directions.ts';
import { loadMerges, mergedRun } from './merged-run.ts';
import type { FileFact } from './question.ts';
import { runBoxes } from './run-boxes.ts';
import { UNFINISHED_HINT, unfinishedText } from '../wording/unfinished-words.ts';
import { runPreprocessing } from './run-preprocessing.ts';

/** A finished run that is compared, with what is needed to show it. */
export interface LoadedRun {
  readonly project: Project;
  readonly run: RunFile;
  readonly notes: NotesFile;
  readonly preprocessing: Preprocessing;
  /** Where a person merged concepts, they are one; named as a person named them. */
  readonly explanation: Explanation;
  /** The explained images without copies of others: their places in the explanation, in the order of `compared.images`. */
  readonly places: readonly number[];
  readonly compared: ComparedRun;
}

/**
 * Reads a finished run for a comparison.
 * Throws TesseraError 'unknown-name' where there is none of that id, 'bad-project' where it is damaged or has not finished.
 */
export async function loadComparedRun(project: Project, runId: string): Promise<LoadedRun> {
  const run = await loadRun(project, runId);
  if (run.explanation === undefined) {
    const name = `${runId} of ${project.folder}`;
    throw new TesseraError('bad-project', unfinishedText(name, 'compare'), { hint: UNFINISHED_HINT });
  }
  const preprocessing = runPreprocessing(project, run);
  const notes = await loadNotes(project, runId);
  const { known } = await loadMerges(project, run, notes);
  const stored = { explanation: run.explanation, tensors: await loadRunTensors(project, runId) };
  const boxes = runBoxes(run.explanation, run, preprocessing);
  const shown = mergedRun(stored, known, { boxes, seed: run.options.seed });
  const explanation = asNoted(shown.explanation, notes);
  const files = await asRunFound(project, run, explanation.images);
  const places = distinctImages(firstAlike(explanation.images, shown.tensors.coefficients, files));
  const compared: ComparedRun = {
    model: [project.file.model.sha256, run.given?.modelData ?? ''].join(' '),
    layer: explanation.layer.tensor,
    grid: boxes.length > 1 ? explanation.layer.grid : [1, 1],
    view: viewOf(preprocessing),
    images: places.map((place) => knownImage(files[place])),
    ...arraysOf(explanation, shown.tensors, {
      places,
      positions: boxes.length,
      influence: (await loadEvaluation(project, runId))?.influence,
    }),
    directions: directionsOf(explanation, stored.tensors, known),
    answers: await answersOf(project, run),
  };
  return { project, run, notes, preprocessing, explanation, places, compared };
}

/** How a loaded run is told of. */
export function sideOf({ project, run, notes, explanation, compared }: LoadedRun): ComparedSide {
  const { folder, file } = project;
  return { folder, run: run.id, runName: notes.runName, model: file.model.path, explanation, compared };
}

/** With the names that a person gave, and without what a person hid. */
function asNoted(explanation: Explanation, notes: NotesFile): Explanation {
  const shown = explanation.concepts.filter(({ id }) => !notes.hidden.includes(id));
  return withGivenNames({ ...explanation, concepts: shown }, notes);
}

function knownImage({ path, stamp }: FileFact): KnownImage {
  return { file: path, sha256: stamp?.sha256 };
}

/** Which part of a picture the model sees, whatever its input's size. */
function viewOf(preprocessing: Preprocessing): string {
  const { width, height } = frameOf(preprocessing);
  const { fit, resizeShort } = preprocessing;
  const short = Math.min(width, height);
  return JSON.stringify([fit, width / height, (resizeShort ?? short) / short]);
}

/** The arrays of a run in the order of its concepts, of some of its images. */
function arraysOf(
  explanation: Explanation,
  { coefficients, strengths: most, imageImportance }: RunTensors,
  {
    places,
    positions,
    influence,
  }: {
    readonly places: readonly number[];
    readonly positions: number;
    readonly influence: Evaluation['influence'];
  },
): Pick<ComparedRun, 'concepts' | 'amounts' | 'indices' | 'strengths' | 'present'> {
  const columns = explanation.concepts.map(({ id }) => rowOfId(id));
  const all = [...most];
  const largest = columns.map((column) => all.reduce((so, own) => Math.max(so, own[column]), 0));
  const strengths = places.map((place) =>
    Float64Array.from(columns, (column, i) => (largest[i] > 0 ? all[place][column] / largest[i] : 0)),
  );
  const placeOf = new Map(places.map((image, place) => [image, place]));
  return {
    concepts: explanation.concepts.map(({ id, name, importance, prevalence, merged }) => ({
      ...{ id, name, importance, prevalence },
      // The check was of concepts by themselves.
      moved: merged === undefined ? influence?.concepts[rowOfId(id)].importance : undefined,
      betweenFits: merged === undefined ? influence?.concepts[rowOfId(id)].betweenFits : undefined,
      without: new Map(
        (explanation.removals?.find(({ concept }) => concept === id)?.flips ?? []).flatMap(
          ({ image, to }): [number, string][] => (placeOf.has(image) ? [[placeOf.get(image)!, to.name]] : []),
        ),
      ),
    })),
    amounts: places.map((place) => gridAmounts(coefficients[place], columns, positions)),
    indices: places.map((place) => Float64Array.from(columns, (column) => imageImportance[place][column])),
    strengths,
    present: strengths.map((own) => Uint8Array.from(own, (share) => Number(share >= PRESENT_FROM))),
  };
}

/** The columns in their order, of the places of the grid alone: a class token comes before them. */
function gridAmounts({ rows, cols, data }: Matrix, columns: readonly number[], positions: number): Matrix {
  const out = matrix(positions, columns.length);
  const first = rows - positions;
  for (let place = 0; place < positions; place++) {
    columns.forEach((column, i) => {
      out.data[place * columns.length + i] = data[(first + place) * cols + column];
    });
  }
  return out;
}

async function answersOf(project: Project, run: RunFile): Promise<RunAnswers> {
  const record = run.explanation?.score;
  const names = answerNames(record, project.file.labels.names);
  const given = await loadPredictions(project, run.id);
  const score = record && scoreOfRecord(record);
  const isNumber = score?.rule.kind === 'sides' && !score.rule.isLogit;
  const nameOf = (answer: GivenImage) =>
    namedAnswer(names, score === undefined ? answer : runAnswer(score, answer));
  const files = given && (await asRunFound(project, run, given));
  const truthOf = truthFinder(names);
  const judged = (answer: GivenImage, said: NamedAnswer): Pick<AnsweredImage, 'isRight'> => {
    const truth = truthOf({ path: answer.file });
    return truth === undefined ? {} : { isRight: truth === said.index };
  };
  return {
    names,
    ...(isNumber && {
      number: isUndecided(score) ? {} : { border: score.model.threshold },
    }),
    ...(given &&
      files && {
        given: given.map((answer, at) => {
          const said = nameOf(answer);
          return { ...knownImage(files[at]), said, ...judged(answer, said) };
        }),
      }),
  };
}
