import { TesseraError } from '../../../core/errors.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import type { CachePlace } from '../../../core/pipeline/stage-runner.ts';
import type { Storage } from '../../../core/platform.ts';
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
  const own = draftOf(storage, cache, sha256);
  const drafts = storage.dirname(own);
  for (const { name } of await storage.list(drafts).catch(() => []))
    if (name !== storage.basename(own)) await storage.remove(storage.join(drafts, name));
  await storage.makeDirectory(own);
  return { storage, folder: own };
}

/** Gives a project what was computed for its setup before there was one. What cannot be taken over is computed again. */
export async function takeDraft(
  { storage, folder }: CachePlace,
  cache: string,
  { sha256 }: Pick<ModelIntake, 'sha256'>,
): Promise<void> {
  const draft = draftOf(storage, cache, sha256);
  const from = storage.join(draft, 'cache');
  try {
    for (const stage of await storage.list(from).catch(() => [])) {
      if (stage.kind !== 'directory') continue;
      const [source, target] = [storage.join(from, stage.name), storage.join(folder, 'cache', stage.name)];
      if (await storage.exists(target)) continue;
      await storage.makeDirectory(target);
      for (const { name } of await storage.list(source))
        await storage.writeAtomic(
          storage.join(target, name),
          await storage.readBytes(storage.join(source, name)),
        );
    }
    await storage.remove(draft);
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
  }
}

function draftOf(storage: Storage, cache: string, sha256: string): string {
  return storage.join(cache, 'draft', sha256.slice(0, 32));
}
