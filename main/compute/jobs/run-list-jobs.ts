import type { Concept } from '../../../core/concepts/explanation.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { openProject, type Project } from '../../../core/project/project-folder.ts';
import {
  carryOutDeletions,
  deleteRun,
  listRuns,
  renameRun,
  restoreRun,
  type ListedRun,
} from '../../../core/project/run-list.ts';
import { trustVerdict } from '../../../core/report/trust-verdict.ts';
import type { RunSummary } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { Jobs } from './job-context.ts';

/** Pictures that stand for a run in a list, one a concept. */
const COVER = 4;

/** Jobs about the runs of a project as a list. */
export function runListJobs({
  storage,
  self,
}: Pick<Environment, 'storage' | 'self'>): Jobs<
  'listRuns' | 'renameRun' | 'deleteRun' | 'restoreRun' | 'carryOutDeletions'
> {
  const change = async (folder: string, act: (project: Project) => Promise<unknown>): Promise<null> => {
    await act(await openProject(storage, folder));
    return null;
  };
  return {
    async listRuns({ folder, key }) {
      return (await listRuns(await openProject(storage, folder))).map((run) => runSummaryOf(key, run));
    },
    renameRun: ({ folder, runId, name }) =>
      change(folder, (project) => renameRun(project, self, runId, name)),
    deleteRun: ({ folder, runId }) => change(folder, (project) => deleteRun(project, self, runId)),
    restoreRun: ({ folder, runId }) => change(folder, (project) => restoreRun(project, self, runId)),
    carryOutDeletions: ({ folder }) => change(folder, (project) => carryOutDeletions(project, self)),
  };
}

/** A run as lists show it, also one that has not ended or is damaged; `project` is the key of its project. */
export function runSummaryOf(project: string, listed: ListedRun): RunSummary {
  const { id: runId, status } = listed;
  if (status === 'damaged') return { ...UNKNOWN, project, runId, status, problem: listed.problem };
  const { run, name = null, evaluation } = listed;
  const { created, options, explanation, stages } = run;
  // What a person decomposed later is no part of the run.
  const own = Object.entries(stages).filter(
    ([stage]) => options.recurse !== undefined || !stage.startsWith('split-'),
  );
  const times = own.map(([, { elapsedMs = 0 }]) => elapsedMs);
  const facts = {
    ...UNKNOWN,
    project,
    runId,
    status,
    name,
    created,
    seconds: times.reduce((sum, time) => sum + time, 0) / 1000,
    concepts: typeof options.concepts === 'number' ? options.concepts : null,
  };
  if (explanation === undefined)
    return { ...facts, className: /^(not )?\d+$/.test(options.class) ? null : options.class };
  const { classIndex, className, layer, concepts, images } = explanation;
  return {
    ...facts,
    classIndex,
    className,
    layer: layer.tensor,
    concepts: concepts.length,
    images: images.length,
    verdict: trustVerdict(explanation, evaluation).grade,
    cover: coverOf(concepts.slice(0, COVER), { project, run: runId }),
    isFinished: true,
  };
}

/** The strongest crop of each concept that no concept before it is shown by: two may be strongest at one place. */
function coverOf(
  concepts: readonly Pick<Concept, 'crops'>[],
  of: { readonly project: string; readonly run: string },
): string[] {
  const cover = new Set<string>();
  for (const { crops } of concepts) {
    const own = crops.map(({ image, box }) => pictureId({ kind: 'crop', ...of, image, box }));
    const other = own.find((id) => !cover.has(id));
    if (other !== undefined) cover.add(other);
  }
  return [...cover];
}

const UNKNOWN = {
  problem: null,
  name: null,
  created: null,
  seconds: null,
  className: null,
  classIndex: null,
  layer: null,
  concepts: null,
  images: null,
  verdict: null,
  cover: [],
  isFinished: false,
} as const;
