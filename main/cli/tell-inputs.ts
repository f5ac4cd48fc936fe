import { inputChanges } from '../../core/pipeline/input-changes.ts';
import { loadRun, type Project } from '../../core/project/project-folder.ts';
import { inputNotices } from '../../core/wording/input-words.ts';

/** Says on stderr what of a finished run's inputs is no longer what it was. */
export async function tellInputs(project: Project, runId: string): Promise<void> {
  const run = await loadRun(project, runId);
  if (run.explanation === undefined) return;
  const { isKnown, changed, missing, cards } = await inputChanges(project, run);
  const counts = { changed: changed.size, missing: missing.size, images: run.explanation.images.length };
  for (const notice of inputNotices({ isKnown, cards, ...counts })) console.error(notice);
}
