import { TesseraError } from '../../core/errors.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { listRuns, type ListedRun } from '../../core/project/run-list.ts';

/** The newest run that has an explanation; a newer one may have been stopped, have found no images or be damaged. */
export async function newestFinishedRun(project: Project): Promise<string> {
  const runs = await listRuns(project);
  const newest = runs.find(({ status }) => status === 'finished');
  if (newest !== undefined) return newest.id;
  throw new TesseraError(
    'bad-project',
    `${project.folder} has ${foundText(runs)}; there is nothing to tell of.`,
    {
      hint: 'Run tessera explain first; after an interruption the same command continues.',
    },
  );
}

function foundText(runs: readonly ListedRun[]): string {
  if (runs.length === 0) return 'no run';
  const problems = runs.flatMap((run) => (run.status === 'damaged' ? [`${run.id}: ${run.problem}`] : []));
  return [`${runs.length} runs, none of them finished`, ...problems].join('; ');
}
