import type { Storage } from '../../platform.ts';
import type { Project } from '../../project/project-folder.ts';
import type { RunFile } from '../../project/schema.ts';
import { openModel, type ModelIntake } from '../model-intake.ts';
import { reopenModel } from '../reopen-model.ts';
import type { ScoredModel } from '../scored-model.ts';

/** A run's model, as its file gives scores, and as the run explains one of them. */
export interface OpenedModel {
  readonly raw: ModelIntake;
  readonly scored: ScoredModel;
}

/** The model that a run explains. Rejects as `reopenModel`. */
export async function openOriginal(storage: Storage, project: Project, run: RunFile): Promise<OpenedModel> {
  let raw: ModelIntake | undefined;
  const scored = await reopenModel(
    async (path, options) => (raw = await openModel(storage, path, options)),
    project,
    run,
  );
  return { raw: raw ?? scored, scored };
}

/** The run's model with other bytes in the place of its file, which is not touched; what lies beside it is read as ever. */
export function openEdited(
  storage: Storage,
  project: Project,
  run: RunFile,
  bytes: Uint8Array,
): Promise<OpenedModel> {
  const { file } = project;
  const model = { ...file.model, sha256: storage.sha256(bytes) };
  const read = (path: string): Promise<Uint8Array> =>
    path === file.model.path ? Promise.resolve(bytes) : storage.readBytes(path);
  return openOriginal({ ...storage, readBytes: read }, { ...project, file: { ...file, model } }, run);
}
