import { TesseraError } from '../../core/errors.ts';
import { loadRun, type Project } from '../../core/project/project-folder.ts';

/** The newest run that has an explanation; a newer one may have been stopped or have found no images. */
export async function newestFinishedRun(project: Project): Promise<string> {
  for (const id of project.file.runs.toReversed()) {
    const { explanation } = await loadRun(project, id);
    if (explanation !== undefined) return id;
  }
  const { folder, file } = project;
  const found = file.runs.length === 0 ? 'no run' : `${file.runs.length} runs, none of them finished`;
  throw new TesseraError('bad-project', `${folder} has ${found}; there is nothing to tell of.`, {
    hint: 'Run tessera explain first; after an interruption the same command continues.',
  });
}
