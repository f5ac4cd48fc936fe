import type { RunSummary } from '../api/contract.ts';
import { type Project } from '../../core/project/project-folder.ts';
import { findInterrupted } from '../../core/project/start-run.ts';
import { explainOptionsOf, type SetupState } from './setup-state.ts';

/** The unfinished one of a project's runs, newest first, that would be continued if a run began as it is set; else null. */
export async function continuedRun(
  project: Project,
  runs: readonly RunSummary[],
  state: SetupState,
): Promise<string | null> {
  const unfinished = runs.filter(({ isFinished }) => !isFinished).map(({ runId }) => runId);
  if (unfinished.length === 0 || state.model === null || state.options.classIndex === null) return null;
  const labels = { ...project.file.labels, names: [...state.model.classNames] };
  // Finished runs need not be read, and classes are called as they are now.
  const file = { ...project.file, runs: unfinished.toReversed(), labels };
  const options = explainOptionsOf(state);
  const found = await findInterrupted({ ...project, file }, { options, seed: options.seed });
  return found?.id ?? null;
}
