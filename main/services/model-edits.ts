import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { TesseraError } from '../../core/errors.ts';
import type { ImageFile } from '../../core/images/folder-scan.ts';
import type { PageId } from '../api/call-handler.ts';
import type {
  ConceptCostList,
  EditFrontier,
  EditSearchScope,
  EditTrial,
  ModelEdit,
  SavedPackage,
  SavedReport,
} from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { RunQuestion, TriedEdit } from '../compute/protocol.ts';
import type { Desktop } from './desktop.ts';
import { trialOf, turnedDecisions } from './edit-trial.ts';
import type { LongJobs } from './long-jobs.ts';
import type { Pictures } from './pictures.ts';
import type { ReportPlace, Reports } from './reports.ts';

/** What trials of edits need of the workbench. */
interface ModelEditsContext {
  readonly runner: Pick<ComputeClient, 'run'>;
  readonly viewer: Pick<ComputeClient, 'run'>;
  readonly jobs: Pick<LongJobs, 'run'>;
  readonly reports: Pick<Reports, 'reserve' | 'saveReserved'>;
  readonly pictures: Pick<Pictures, 'nameOf'>;
  readonly desktop: Pick<Desktop, 'chooseTarget'>;
}

interface KeptTrial {
  readonly trial: EditTrial;
  readonly place: ReportPlace;
  readonly folder: string;
  /** Of the decisions that changed, in their order. */
  readonly files: readonly string[];
  readonly tried: TriedEdit;
  /** Where it was saved last, else the name that it is offered to be saved by. */
  readonly file: string;
}

/** Models that concepts are taken out of; the last trials are kept. */
export interface ModelEdits {
  try(question: RunQuestion, edit: ModelEdit, page?: PageId): Promise<EditTrial>;
  search(question: RunQuestion, where: EditSearchScope, page?: PageId): Promise<EditFrontier>;
  countCosts(question: RunQuestion, heldOut: readonly string[], page?: PageId): Promise<ConceptCostList>;
  /** All that is handed over of a run, as one ZIP file. */
  savePackage(question: RunQuestion, edit: ModelEdit | null, page?: PageId): Promise<SavedPackage>;
  save(query: { readonly id: string }): Promise<SavedReport>;
  /** The proof as a page. */
  savePage(query: { readonly id: string }, page?: PageId): Promise<SavedReport>;
  /** The file of a decision that a trial changed. */
  imageOf(id: string, index: number): ImageFile | undefined;
}

/** Trials that can be saved and whose pictures can be seen. */
const KEPT = 8;

/** Tries edits in the process of runs, and writes models in that of views. */
export function createModelEdits(context: ModelEditsContext): ModelEdits {
  const { runner, viewer, jobs, reports, pictures, desktop } = context;
  const kept = new LRUCache<string, KeptTrial>({ max: KEPT });
  const require = (id: string): KeptTrial => {
    const found = kept.get(id);
    if (found !== undefined) return found;
    throw new TesseraError('unknown-name', 'What was tried is no longer at hand.', {
      hint: 'Try the edit again.',
    });
  };
  return {
    async try(question, edit, page) {
      const place = await reports.reserve('edit', '.onnx');
      const { key: project, runId, folder } = question;
      const tried = await jobs.run({ kind: 'model-edit', folder, page, isLatest: true }, (watch) =>
        runner.run('tryEdit', { ...question, ...edit, path: place.file }, watch),
      );
      const as = pictures.nameOf(tried.preprocessing);
      const trial = trialOf({ id: place.id, project, runId, as }, tried);
      kept.set(place.id, {
        ...{ trial, place, folder, tried, file: `${path.parse(trial.modelName).name} edited.onnx` },
        files: turnedDecisions(tried.proof).map(({ file }) => file),
      });
      return trial;
    },
    search: (question, where, page) =>
      jobs.run({ kind: 'edit-search', folder: question.folder, page, isLatest: true }, (watch) =>
        runner.run('searchEdits', { ...question, ...where }, watch),
      ),
    countCosts: (question, heldOut, page) =>
      jobs.run({ kind: 'concept-costs', folder: question.folder, page, isLatest: true }, (watch) =>
        runner.run('countConceptCosts', { ...question, heldOut }, watch),
      ),
    async savePackage(question, edit, page) {
      const { folder } = question;
      const place = await reports.reserve('package', '.zip');
      const name = `${path.basename(folder).replace(/\.tessera$/, '')} audit`;
      const { withoutMonitor } = await jobs.run({ kind: 'package', folder, page }, (watch) =>
        runner.run('writePackage', { ...question, edit, name, path: place.file }, watch),
      );
      return { ...(await reports.saveReserved(place.id, `${name}.zip`)), withoutMonitor };
    },
    async save({ id }) {
      const found = require(id);
      const { place, folder } = found;
      const target = await desktop.chooseTarget(path.basename(found.file));
      if (target === null) return { path: null, document: null };
      if (target === undefined) return { path: null, document: id };
      await viewer.run('saveEdited', { folder, edited: place.file, path: target });
      kept.set(id, { ...found, file: target });
      return { path: target, document: null };
    },
    async savePage({ id }, page) {
      const { tried, folder, file } = require(id);
      const place = await reports.reserve('proof');
      await jobs.run({ kind: 'report', folder, page }, (watch) =>
        viewer.run(
          'writeEditPage',
          { proof: tried.proof, preprocessing: tried.preprocessing, file, path: place.file },
          watch,
        ),
      );
      return reports.saveReserved(place.id, `${path.parse(file).name} proof.html`);
    },
    imageOf(id, index) {
      const file = kept.peek(id)?.files[index];
      return file === undefined ? undefined : { path: file, folder: '', root: '' };
    },
  };
}
