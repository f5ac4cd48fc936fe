import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import type { Storage } from '../../core/platform.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { PageId } from '../api/call-handler.ts';
import type {
  ComparableProject,
  ComparableRuns,
  ComparedPair,
  RunComparison,
  RunSummary,
  SavedReport,
} from '../api/contract.ts';
import { serializeError } from '../api/serialize-error.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { ComparedQuestion } from '../compute/protocol.ts';
import { sortDropped } from './dropped-paths.ts';
import type { LongJobs } from './long-jobs.ts';
import { projectName } from './project-name.ts';
import type { Projects } from './projects.ts';
import type { Reports } from './reports.ts';
import type { Results } from './results.ts';
import type { SetupService } from './setup.ts';

/** What comparisons need of the workbench. */
export interface ComparisonContext {
  readonly storage: Storage;
  readonly projects: Pick<Projects, 'open' | 'recentFolders'>;
  readonly setup: Pick<SetupService, 'setup'>;
  readonly results: Pick<Results, 'questionOf'>;
  readonly viewer: Pick<ComputeClient, 'run'>;
  readonly jobs: Pick<LongJobs, 'run'>;
  readonly reports: Pick<Reports, 'reserve' | 'saveReserved'>;
}

/** Two runs side by side: what there is to choose from, what they have in common, and a page of it. */
export interface Comparisons {
  list(): Promise<ComparableRuns>;
  find(paths: readonly string[]): Promise<ComparableRuns>;
  compare(pair: ComparedPair, page?: PageId): Promise<RunComparison>;
  save(pair: ComparedPair, page?: PageId): Promise<SavedReport>;
}

/** Comparisons that the process of views makes: reading is most of the work, and no run must end before. */
export function createComparisons(context: ComparisonContext): Comparisons {
  const { storage, projects, setup, results, viewer, jobs, reports } = context;
  /** Projects that were found by hand. */
  const found = new Set<string>();

  const describe = async (folder: string, isOpen: boolean): Promise<ComparableProject> => {
    const facts = { folder, name: projectName(folder), isOpen };
    try {
      const { project, key } = await projects.open(folder);
      const runs = await viewer.run('listRuns', { folder, key });
      return {
        ...facts,
        key,
        modelName: shownName(path.basename(project.file.model.path)),
        runs: runs.filter(({ isFinished }) => isFinished),
        problem: null,
      };
    } catch (error) {
      return { ...facts, key: '', modelName: '', runs: [], problem: serializeError(error).message };
    }
  };
  const list = async (): Promise<ComparableRuns> => {
    const { folder: open, project } = setup.setup;
    const recent = await projects.recentFolders();
    const all = [...new Set([...(open !== null && project !== null ? [open] : []), ...found, ...recent])];
    const described = await Promise.all(all.map((folder) => describe(folder, folder === open)));
    const listed = described.filter(({ runs, folder }) => runs.length > 0 || found.has(folder));
    return { projects: listed, proposal: proposedPair(listed) };
  };
  const questionOf = async ({ a, b }: ComparedPair): Promise<ComparedQuestion> => ({
    a: await results.questionOf(a),
    b: await results.questionOf(b),
  });

  return {
    list,
    async find(paths) {
      const { project } = await sortDropped(storage, paths);
      if (project === undefined)
        throw new TesseraError('bad-usage', 'There is no project among what was given.', {
          hint: 'Drop a project’s folder, whose name ends in .tessera, or its .tesseraproject file.',
        });
      await projects.open(project);
      found.add(project);
      return list();
    },
    async compare(pair, page) {
      const question = await questionOf(pair);
      const facts = {
        kind: 'comparison',
        folder: folderOfWork(setup, question),
        page,
        isLatest: true,
      } as const;
      return jobs.run(facts, (watch) => viewer.run('compareRuns', question, { ...watch, isLong: true }));
    },
    async save(pair, page) {
      const question = await questionOf(pair);
      const { id, file } = await reports.reserve('comparison');
      const facts = { kind: 'comparison-report', folder: folderOfWork(setup, question), page } as const;
      await jobs.run(facts, (watch) =>
        viewer.run('writeComparison', { ...question, path: file }, { ...watch, isLong: true }),
      );
      const [first, second] = [question.a, question.b].map(({ folder }) => projectName(folder));
      return reports.saveReserved(id, `${first} and ${second}.html`);
    },
  };
}

/** Views look for work under the project that is open, whichever runs it is about. */
function folderOfWork({ setup }: Pick<SetupService, 'setup'>, { b }: ComparedQuestion): string {
  return setup.folder ?? b.folder;
}

/**
 * The newest run of the open project, else of any, as B, and as A the newest other one: of the same class where there is
 * one. The older of the two is A.
 *
 * @internal Tests call it.
 */
export function proposedPair(projects: readonly ComparableProject[]): ComparedPair | null {
  const newest = (runs: readonly RunSummary[]): RunSummary[] =>
    [...runs].sort((x, y) => (y.created ?? '').localeCompare(x.created ?? ''));
  const all = newest(projects.flatMap(({ runs }) => runs));
  const own = newest(projects.filter(({ isOpen }) => isOpen).flatMap(({ runs }) => runs));
  const b = own[0] ?? all[0];
  const others = all.filter((run) => run !== b);
  const a = others.find(({ className }) => className === b?.className) ?? others[0];
  if (a === undefined || b === undefined) return null;
  const [earlier, later] = newest([a, b]).reverse();
  return { a: keyOf(earlier), b: keyOf(later) };
}

function keyOf({ project, runId }: RunSummary): ComparedPair['a'] {
  return { project, runId };
}
