import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { TesseraError } from '../../core/errors.ts';
import type { ImageFile } from '../../core/images/folder-scan.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { PageId } from '../api/call-handler.ts';
import type {
  RunKey,
  SavedReport,
  ScoredDetail,
  ScoredImages,
  ScoredPage,
  ScoredQuery,
} from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { RunQuestion } from '../compute/protocol.ts';
import type { LongJobs } from './long-jobs.ts';
import type { Pictures } from './pictures.ts';
import { projectName } from './project-name.ts';
import type { Reports, ReportPlace } from './reports.ts';
import { detailOf, pageOf, unknownCount, type KeptScores } from './scored-rows.ts';

/** What the look at new images needs of the workbench. */
interface NewImagesContext {
  readonly runner: Pick<ComputeClient, 'run'>;
  readonly jobs: Pick<LongJobs, 'run'>;
  readonly reports: Pick<Reports, 'reserve' | 'saveReserved'>;
  readonly pictures: Pick<Pictures, 'nameOf'>;
}

/** A result with the table that was written of it. */
interface KeptResult extends KeptScores {
  readonly table: ReportPlace & { readonly name: string };
}

/** New images in the terms of finished runs; the last results are kept. */
export interface NewImages {
  score(question: RunQuestion, paths: readonly string[], page?: PageId): Promise<ScoredImages>;
  last(run: RunKey): ScoredImages | null;
  list(query: ScoredQuery): ScoredPage;
  detail(query: RunKey & { readonly id: string; readonly index: number }): ScoredDetail;
  save(query: { readonly id: string }): Promise<SavedReport>;
  /** The file at a place of a result. */
  imageOf(id: string, index: number): ImageFile | undefined;
}

/** Results that are kept: each may hold some tens of megabytes. */
const KEPT = 4;

/** Looks at new images in the process of runs. */
export function createNewImages({ runner, jobs, reports, pictures }: NewImagesContext): NewImages {
  const kept = new LRUCache<string, KeptResult>({ max: KEPT });
  const lastOf = new LRUCache<string, string>({ max: KEPT });
  const require = (id: string): KeptResult => {
    const found = kept.get(id);
    if (found !== undefined) return found;
    throw new TesseraError('unknown-name', 'What was found in these images is no longer at hand.', {
      hint: 'Choose the images again.',
    });
  };
  return {
    async score(question, paths, page) {
      const { id, file } = await reports.reserve('scores', '.csv');
      const columns = await jobs.run(
        { kind: 'new-images', folder: question.folder, page, isLatest: true },
        (watch) => runner.run('scoreImages', { ...question, roots: paths, table: file }, watch),
      );
      const { key: project, runId, folder } = question;
      const { concepts, className, compared, fewest, falseDiscoveryRate, mostRest, ...rest } = columns;
      const summary: ScoredImages = {
        ...{ project, runId, id, concepts, className, compared, fewest, falseDiscoveryRate, mostRest },
        roots: paths.map((root) => shownName(path.basename(root))),
        images: columns.files.length,
        unknown: unknownCount(columns),
        restImages: rest.restImages,
        drifted: rest.drifted,
        skipped: rest.skipped,
        skippedCount: rest.skippedCount,
      };
      const table = { id, file, name: `${projectName(folder)} new images.csv` };
      kept.set(id, { summary, columns, as: pictures.nameOf(columns.preprocessing), table });
      lastOf.set(runOf(summary), id);
      return summary;
    },
    last(run) {
      const id = lastOf.get(runOf(run));
      return (id !== undefined && kept.get(id)?.summary) || null;
    },
    list: (query) => pageOf(require(query.id), query),
    detail: ({ id, index }) => detailOf(require(id), index),
    save({ id }) {
      const { table } = require(id);
      return reports.saveReserved(table.id, table.name);
    },
    imageOf: (id, index) => kept.peek(id)?.columns.files[index],
  };
}

function runOf({ project, runId }: RunKey): string {
  return `${project}\n${runId}`;
}
