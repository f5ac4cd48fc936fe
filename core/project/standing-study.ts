import { TesseraError } from '../errors.ts';
import type { Study } from '../study/study.ts';
import type { StudyPlace } from './participant-files.ts';
import type { Project } from './project-folder.ts';
import { loadStudy, studyPath } from './study-folder.ts';

/**
 * A study that participants may answer, and where their answers go.
 *
 * Throws   TesseraError 'unknown-name' where there is none of that id, 'bad-project' for one that is void: nobody's time shall be
 *          spent on it.
 */
export async function openStandingStudy(
  project: Project,
  id: string,
): Promise<{ readonly study: Study; readonly place: StudyPlace }> {
  const { study, sha256, voidBecause } = await loadStudy(project, id);
  if (voidBecause.length > 0)
    throw new TesseraError('bad-project', `study: ${id} is void: ${voidBecause.join('; ')}.`, {
      hint: 'Answers that were given stay readable. Make the study anew to go on.',
    });
  return { study, place: { storage: project.storage, folder: studyPath(project, id), sha256 } };
}
