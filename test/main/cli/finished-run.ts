import type { Explanation } from '../../../core/concepts/explanation.ts';
import { loadRun, openProject } from '../../../core/project/project-folder.ts';
import type { RunFile } from '../../../core/project/schema.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';

/** A run that has ended, as its project's folder has it. */
export async function finishedRun(
  project: string,
  id = 'run1',
): Promise<RunFile & { readonly explanation: Explanation }> {
  const run = await loadRun(await openProject(fileStorage, project), id);
  return { ...run, explanation: run.explanation! };
}
