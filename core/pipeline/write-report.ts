import { fitOf, parsePreprocessing, type Preprocessing } from '../images/preprocessing.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import { TesseraError } from '../errors.ts';
import type { FitOptions, ImageCodec, OnProgress, RgbImage } from '../platform.ts';
import { loadEvaluation } from '../project/evaluation-file.ts';
import { loadRun, type Project } from '../project/project-folder.ts';
import { loadPredictions } from '../project/predictions-file.ts';
import { loadRunTensors } from '../project/tensors-file.ts';
import { assemblePictures } from '../report/report-pictures.ts';
import type { RunFile } from '../project/schema.ts';
import { reportDataOf } from '../report/report-data.ts';
import type { ReportContents } from '../report/report-sections.ts';
import { renderReport } from '../report/render-html.ts';
import { shownParts } from '../report/sections/parts-section.ts';
import { ownForReport } from './own-concept/own-for-report.ts';
import { mapSources } from './report-maps.ts';
import { partMapSource } from './part-map-source.ts';
import type { Explanation } from '../concepts/explanation.ts';
import { listText } from '../wording/count-text.ts';
import { inputNotices } from '../wording/input-words.ts';
import { uncomputedText } from '../wording/merge-words.ts';
import type { Environment } from './environment.ts';
import { loadMerges, mergedRun, type Merges } from './merged-run.ts';
import { shownFrame } from './shown-frame.ts';
import { runBoxes } from './run-boxes.ts';
import { blankPicture, smallPictures } from './small-pictures.ts';
import { asRunFound, inputChanges, type InputChanges } from './input-changes.ts';
import { type NotesFile, loadNotes } from '../project/run-notes.ts';

/** Names listed of changed images. */
const MOST_NAMES = 20;

/**
 * Writes a finished run, or the chosen contents of it, as one HTML file and returns its path.
 *
 * The pictures are read again from their files; one that is gone since is an error that names it.
 */
export async function writeReport(
  { storage, codec }: Pick<Environment, 'storage' | 'codec'>,
  project: Project,
  runId: string,
  path: string,
  onProgress?: OnProgress,
  { sections, concepts }: ReportContents = {},
): Promise<string> {
  const run = await loadRun(project, runId);
  const notes = withOnly(await loadNotes(project, runId), run, concepts);
  const preprocessing = run.given?.preprocessing ?? project.file.preprocessing;
  const merges = await loadMerges(project, run, notes);
  const { found, tensors } = await shownRun(project, run, merges, parsePreprocessing(preprocessing));
  const { explanation: whole } = reportDataOf(project.file, run, notes, {}, {}, { found });
  const shown = whole.concepts.filter(({ id }) => !notes.hidden.includes(id));
  const explanation = { ...whole, concepts: shown };
  const [mapOf, ...furtherMapsOf] = mapSources(explanation, tensors);
  const fit = fitOf(parsePreprocessing(preprocessing));
  const changes = await inputChanges(project, run);
  const source = {
    codec,
    loadImage: (image: number) =>
      changes.changed.has(image)
        ? Promise.resolve(blankPicture(shownFrame(fit)))
        : pictureFor(codec, explanation.images[image].file, shownFrame(fit)),
    frame: fit,
  };
  const parts = shownParts({ explanation, notes }).map(({ concept }) => concept);
  const partPictures = await assemblePictures({
    ...source,
    explanation: { ...explanation, concepts: parts },
    mapOf: partMapSource(parts, tensors),
    cropsPerConcept: 3,
    examplesPerConcept: 1,
    cropSide: 96,
    exampleSide: 128,
  });
  const own = await ownForReport(project, run, { notes, explanation: whole }, source);
  const pictures = await assemblePictures({
    ...source,
    explanation,
    mapOf,
    ...(furtherMapsOf.length > 0 && { furtherMapsOf }),
    ...(onProgress && { onProgress }),
  });
  const [evaluation, given] = [await loadEvaluation(project, runId), await loadPredictions(project, runId)];
  const data = reportDataOf(
    { ...project.file, preprocessing },
    run,
    notes,
    { ...pictures, ...partPictures, ...own.pictures },
    strengthsOf(whole, tensors.strengths),
    {
      found,
      ownConcepts: own.ownConcepts,
      ...(evaluation && { evaluation }),
      ...(given && { given }),
      mistakePictures: await smallPictures(
        codec,
        await asRunFound(project, run, explanation.mistakes ?? []),
        fit,
      ),
      inputNotes: [...inputNotes(changes, whole), ...mergeNotes(merges, run, notes)],
    },
  );
  await storage.writeAtomic(path, renderReport(data, sections));
  return path;
}

/** What the run found out and its arrays, with what a person merged as one. */
async function shownRun(project: Project, run: RunFile, { known }: Merges, preprocessing: Preprocessing) {
  const tensors = await loadRunTensors(project, run.id);
  const { explanation } = run;
  if (explanation === undefined) return { tensors };
  const boxes = runBoxes(explanation, run, preprocessing);
  const shown = mergedRun({ explanation, tensors }, known, { boxes, seed: run.options.seed });
  return { found: shown.explanation, tensors: shown.tensors };
}

function mergeNotes({ uncomputed }: Merges, { explanation }: RunFile, { names }: NotesFile): string[] {
  const nameOf = (id: string): string =>
    names[id] ?? explanation?.concepts.find((concept) => concept.id === id)?.name ?? id;
  return uncomputed.map((group) => uncomputedText(group.map(nameOf)));
}

/** Notes that also hide every concept, and every part of one, that is not among the chosen. */
function withOnly(notes: NotesFile, { explanation }: RunFile, chosen: ReportContents['concepts']): NotesFile {
  if (chosen === undefined) return notes;
  const left = (explanation?.concepts ?? []).map(({ id }) => id).filter((id) => !chosen.includes(id));
  return { ...notes, hidden: [...new Set([...notes.hidden, ...left])] };
}

async function pictureFor(
  codec: Pick<ImageCodec, 'decodeFitted'>,
  file: string,
  fit: FitOptions,
): Promise<RgbImage> {
  try {
    return await codec.decodeFitted(file, fit);
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    throw new TesseraError('bad-image', `The report shows ${file}, which cannot be read: ${error.message}`, {
      hint: 'Put the picture back where it was, or explain again without it.',
      cause: error,
    });
  }
}

function inputNotes({ isKnown, changed, missing, cards }: InputChanges, { images }: Explanation): string[] {
  const names = [...changed].slice(0, MOST_NAMES).map((index) => images[index].file);
  const counts = { isKnown, cards, changed: changed.size, missing: missing.size, images: images.length };
  return [
    ...inputNotices(counts),
    ...(names.length === 0 ? [] : [`Images that were changed are left blank: ${listText(names)}.`]),
  ];
}

/** Largest coefficient of every concept in each image, by the concept's id. */
export function strengthsOf(
  explanation: Explanation,
  strengths: readonly Float32Array[],
): Record<string, number[]> {
  const perImage = [...strengths];
  return Object.fromEntries(
    explanation.concepts.map(({ id }) => [id, perImage.map((image) => image[rowOfId(id)])]),
  );
}
