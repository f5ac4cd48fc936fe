import { TesseraError } from '../../errors.ts';
import { loadStudyData } from '../../project/participant-files.ts';
import type { Project } from '../../project/project-folder.ts';
import { loadStudy, readStudyFile, studyPath, type LoadedStudy } from '../../project/study-folder.ts';
import { mergeStudyData, type StudyPart } from '../../study/analysis/merge-data.ts';
import type { StudyData } from '../../study/trial.ts';

/** A study with all that was answered to it. */
export interface AnsweredStudy {
  readonly study: LoadedStudy;
  readonly data: StudyData;
}

/**
 * Reads a study and its answers, joined with those that other machines collected: folders of the same study (`studies/ID`), or
 * projects that hold it.
 *
 * Throws   as {@link loadStudy} and {@link mergeStudyData}; 'bad-project' for a folder that holds no study.
 */
export async function studyAnswers(
  project: Project,
  id: string,
  folders: readonly string[] = [],
): Promise<AnsweredStudy> {
  const study = await loadStudy(project, id);
  const { storage } = project;
  const own = { storage, folder: studyPath(project, id), sha256: study.sha256 };
  const parts: StudyPart[] = [{ name: own.folder, data: await loadStudyData(own) }];
  for (const given of folders) {
    const folder = await studyFolderIn(project, given, id);
    const { sha256 } = await readStudyFile(storage, storage.join(folder, 'study.json'));
    parts.push({ name: folder, data: await loadStudyData({ storage, folder, sha256 }) });
  }
  return { study, data: mergeStudyData(study, parts) };
}

/** `studies/ID` of a project, or the folder itself. */
async function studyFolderIn({ storage }: Project, given: string, id: string): Promise<string> {
  for (const folder of [given, studyPath({ storage, folder: given }, id)])
    if (await storage.exists(storage.join(folder, 'study.json'))) return folder;
  throw new TesseraError('bad-project', `${given} holds no study ${id}.`, {
    hint: `Give the folder studies/${id} of the other machine's project, or that project.`,
  });
}
