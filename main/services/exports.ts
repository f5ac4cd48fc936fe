import path from 'node:path';
import type { Storage } from '../../core/platform.ts';
import type { PageId } from '../api/call-handler.ts';
import type { ExportFile, SavedReport } from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { RunQuestion } from '../compute/protocol.ts';
import type { LongJobs } from './long-jobs.ts';
import type { Reports } from './reports.ts';

/** Runs and selections as files for other programs. */
export interface Exports {
  run(question: RunQuestion, file: ExportFile, page?: PageId): Promise<SavedReport>;
  paths(question: RunQuestion, images: readonly number[]): Promise<SavedReport>;
}

/** Exports that the compute processes write into the cache, saved from there as reports are. */
export function createExports(
  storage: Pick<Storage, 'basename'>,
  { runner, viewer }: { readonly runner: ComputeClient; readonly viewer: ComputeClient },
  jobs: Pick<LongJobs, 'run'>,
  reports: Pick<Reports, 'reserve' | 'saveReserved'>,
): Exports {
  const nameOf = ({ folder, runId }: RunQuestion, what: string): string =>
    `${storage.basename(folder).replace(/\.tessera$/, '')} ${runId} ${what}`;
  return {
    async run(question, file, page) {
      const place = await reports.reserve('export', path.extname(file));
      await jobs.run({ kind: 'export', folder: question.folder, page }, (watch) =>
        runner.run('exportRun', { ...question, file, path: place.file }, watch),
      );
      return reports.saveReserved(place.id, nameOf(question, file));
    },
    async paths(question, images) {
      const place = await reports.reserve('export', '.csv');
      await viewer.run('exportPaths', { ...question, images, path: place.file });
      return reports.saveReserved(place.id, nameOf(question, 'selected images.csv'));
    },
  };
}
