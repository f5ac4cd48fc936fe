import { TesseraError } from '../../core/errors.ts';
import type { Storage } from '../../core/platform.ts';
import { openProject, type Project } from '../../core/project/project-folder.ts';
import { ID_PATTERN } from '../../core/project/schema.ts';
import { newestFinishedRun } from './newest-run.ts';

/** A run of a project that an argument names. */
export interface NamedRun {
  readonly project: Project;
  readonly runId: string;
}

/**
 * The run that `PROJECT` (its newest finished one) or `PROJECT:RUN` names. A folder's name may hold colons, as "C:\photos"
 * does: the whole text is a folder where it holds a project, else what follows the last colon is the run.
 * Throws TesseraError 'bad-project' where neither is a project; 'bad-usage' where nothing follows the colon.
 */
export async function namedRun(storage: Storage, text: string): Promise<NamedRun> {
  const isProject = (folder: string): Promise<boolean> =>
    folder === '' ? Promise.resolve(false) : storage.exists(storage.join(folder, 'project.json'));
  if (!(await isProject(text))) {
    const at = text.lastIndexOf(':');
    const [folder, runId] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
    if (await isProject(folder)) {
      if (runId === '')
        throw new TesseraError('bad-usage', `"${text}" names no run after the colon.`, {
          hint: 'Give PROJECT for its newest run, or PROJECT:RUN, for example demo.tessera:run1.',
        });
      if (ID_PATTERN.test(runId)) return { project: await openProject(storage, folder), runId };
    }
  }
  const project = await openProject(storage, text);
  return { project, runId: await newestFinishedRun(project) };
}
