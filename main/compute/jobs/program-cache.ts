import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import type { CachePlace } from '../../../core/pipeline/stage-runner.ts';
import { openProject } from '../../../core/project/project-folder.ts';

/** The environment with a place in the program's cache for what models say of pictures. */
export function withAnswers(environment: Environment, cache: string): Environment {
  return { ...environment, answers: environment.storage.join(cache, 'predictions') };
}

/**
 * Where results of a setup are kept: in its project if that is there, else in the program's cache, so that only runs
 * make projects. There is one such place at a time: that of another model is given up.
 */
export async function workPlace(
  { storage }: Pick<Environment, 'storage'>,
  folder: string,
  cache: string,
  { sha256 }: Pick<ModelIntake, 'sha256'>,
): Promise<CachePlace> {
  if (await storage.exists(storage.join(folder, 'project.json'))) return openProject(storage, folder);
  const drafts = storage.join(cache, 'draft');
  const own = sha256.slice(0, 32);
  for (const { name } of await storage.list(drafts).catch(() => []))
    if (name !== own) await storage.remove(storage.join(drafts, name));
  await storage.makeDirectory(storage.join(drafts, own));
  return { storage, folder: storage.join(drafts, own) };
}
