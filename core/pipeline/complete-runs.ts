import { TesseraError } from '../errors.ts';
import { loadRun, type Project } from '../project/project-folder.ts';
import {
  computeMerges,
  missingMerges,
  notComputed,
  type FinishedRun,
  type MergeWork,
  type OpenRunScope,
} from './bank-merges.ts';
import { completeOwn } from './own-concept/complete-own.ts';

/**
 * Computes what some runs lack of what holds for all runs of their bank: merged concepts, and own ones where `hasOwn`. A run
 * for which that is not possible, as with pictures that are gone, is left as it is, and `warn` hears of it.
 *
 * Throws   the signal's reason when aborted: what was computed is kept.
 */
export async function completeRuns(
  project: Project,
  runIds: readonly string[],
  scopeOf: OpenRunScope,
  work: MergeWork,
  { hasOwn, warn }: { readonly hasOwn: boolean; readonly warn: ((text: string) => void) | undefined },
): Promise<void> {
  const runs: FinishedRun[] = [];
  for (const id of new Set(runIds)) {
    const run = await loadRun(project, id);
    if (run.explanation !== undefined) runs.push({ ...run, explanation: run.explanation });
  }
  await computeMerges(project, await missingMerges(project, runs), scopeOf, work, (run, error) =>
    warn?.(notComputed(run, error)),
  );
  if (!hasOwn) return;
  for (const run of runs) {
    try {
      await completeOwn(project, run, scopeOf, work);
    } catch (error) {
      work.signal?.throwIfAborted();
      if (!(error instanceof TesseraError)) throw error;
      warn?.(`Own concepts are not computed for ${run.id}: ${error.message}`);
    }
  }
}
