import { TesseraError } from '../errors.ts';
import type { OnProgress } from '../platform.ts';
import { loadEvaluation } from '../project/evaluation-file.ts';
import { encodeNpz } from '../project/npz.ts';
import type { Project } from '../project/project-folder.ts';
import { encodeSafetensors } from '../project/safetensors.ts';
import type { RunFile } from '../project/schema.ts';
import { asShown } from '../report/as-shown.ts';
import { answerNames } from '../score/score-record.ts';
import { csvText } from '../wording/csv.ts';
import { UNFINISHED_HINT, unfinishedText } from '../wording/unfinished-words.ts';
import { givenPictures } from './given-pictures.ts';
import { measureShown } from './measured-further.ts';
import { loadShownRun } from './shown-run.ts';
import { conceptRows, imageRows, runArrays, type TabledRun } from './run-tables.ts';
import type { ScoredScope } from './run-context.ts';

/** What an export is made of, by the name of the file. */
export const EXPORT_FILES = ['images.csv', 'concepts.csv', 'run.npz', 'run.safetensors'] as const;
/** A name of {@link EXPORT_FILES}. */
export type ExportFile = (typeof EXPORT_FILES)[number];

/**
 * Measures every picture that a finished run was given; intervals and tiers are those that people are shown. Throws TesseraError 'bad-project' for a run that has not finished.
 */
export async function tabledRun(
  scope: ScoredScope,
  project: Project,
  run: RunFile,
  work: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<TabledRun> {
  const { explanation } = run;
  if (explanation === undefined)
    throw new TesseraError('bad-project', unfinishedText(run.id, 'export'), { hint: UNFINISHED_HINT });
  const loaded = await loadShownRun(project, { ...run, explanation });
  const evaluation = await loadEvaluation(project, run.id);
  const shown = { ...loaded, explanation: asShown(loaded.explanation, evaluation) };
  const { conceptBank, further } = shown;
  const { pictures } = await givenPictures(project, run);
  const files = pictures.map(({ file }) => file);
  const measuredRun = { project, run, explanation, conceptBank };
  return {
    shown,
    names: answerNames(explanation.score, project.file.labels.names),
    pictures,
    measured: await measureShown(scope, measuredRun, further, files, work),
  };
}

/** The bytes of one file of an export. No cell of a table is a formula. */
export function exportFile(run: TabledRun, file: ExportFile): Uint8Array {
  switch (file) {
    case 'images.csv':
      return textBytes(imageRows(run));
    case 'concepts.csv':
      return textBytes(conceptRows(run));
    case 'run.npz':
      return encodeNpz(runArrays(run));
    case 'run.safetensors':
      return encodeSafetensors(runArrays(run), { class: run.shown.explanation.className });
  }
}

/** Pictures as a table with one column, in the given order. */
export function pathTable(paths: readonly string[]): Uint8Array {
  return textBytes([['filepath'], ...paths.map((path) => [path])]);
}

function textBytes(rows: Parameters<typeof csvText>[0]): Uint8Array {
  return new TextEncoder().encode(csvText(rows));
}
