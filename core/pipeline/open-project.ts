import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { changeProjectFile, createProject, openProject, type Project } from '../project/project-folder.ts';
import type { JsonRecord } from '../project/schema.ts';
import type { Environment } from './environment.ts';
import type { ModelIntake } from './model-intake.ts';

/**
 * The project in a folder, made if there is none. An existing one must be about the same model ('bad-project'
 * otherwise: two models' runs side by side would mislead); labels, preprocessing and image folders are brought up to date.
 */
export async function openOrCreateProject(
  { storage, self }: Pick<Environment, 'storage' | 'self'>,
  folder: string,
  intake: ModelIntake,
  imageRoots: readonly string[],
): Promise<Project> {
  const content = {
    model: { path: intake.path, sha256: intake.sha256 },
    preprocessing: intake.preprocessing.preprocessing as unknown as JsonRecord,
    labels: { source: intake.labels.source, names: [...intake.labels.names] },
    imageRoots: imageRoots.map((root) => storage.resolve(root)),
  };
  if (!(await storage.exists(storage.join(folder, 'project.json')))) {
    await refuseForeignFiles(storage, folder);
    return createProject(storage, folder, content);
  }
  const project = await openProject(storage, folder);
  if (project.file.model.sha256 !== intake.sha256) {
    throw new TesseraError(
      'bad-project',
      `${folder} holds runs of another model (${project.file.model.path}).`,
      {
        hint: 'Choose another folder.',
        options: ['out'],
      },
    );
  }
  return changeProjectFile(project, self, () => Promise.resolve(content));
}

/** What a project writes at the top of its folder, beside project.json and its lock. */
const OWN_NAMES = ['cache', 'runs', 'report.html'];

/** A folder without a project must hold nothing that a project would write over. */
async function refuseForeignFiles(storage: Storage, folder: string): Promise<void> {
  for (const name of OWN_NAMES) {
    if (!(await storage.exists(storage.join(folder, name)))) continue;
    throw new TesseraError(
      'bad-project',
      `${folder} is no Tessera project (no project.json), but holds "${name}", which a project would write over.`,
      { hint: 'Choose a new or empty folder.', options: ['out'] },
    );
  }
}
