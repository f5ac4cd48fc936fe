import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import type { Explanation } from '../concepts/explanation.ts';
import { changeProject } from './change-lock.ts';
import type { CountedExplanation } from './counted-explanation.ts';
import { counted, withExplained } from './explained-file.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { ID_PATTERN, migrateRun, PROJECT_FILE, RUN_FILE, SCHEMA_VERSION } from './schema.ts';
import type { ProjectFile, RunFile } from './schema.ts';
import type { ProcessIdentity } from './lock-file.ts';

/*
 * NAME.tessera/
 *   project.json               what is explained
 *   runs/ID/run.json           options, versions, device, stages, explanation
 *   runs/ID/explained.safetensors  explained images and what becomes of them without a concept, see explained-file.ts
 *   runs/ID/tensors.safetensors, coefficients.safetensors  see tensors-file.ts, coefficients-file.ts
 *   runs/ID/predictions.jsonl  what the model said of every picture that was given
 *   runs/ID/images.jsonl        size, time and hash of every picture given
 *   runs/ID/notes.json         names, hidden, merged, comments
 *   runs/ID/merged-KEY.safetensors  what was computed of merged concepts together, see merged-file.ts
 *   runs/ID/own-N.safetensors, own-concepts.json  concepts given by examples, see own-concepts-file.ts
 *   runs/ID/evaluation.json    how far the explanation can be trusted
 *   cache/                     stage results, activations, hashes of pictures; may be deleted at any time
 *   write.lock, change.lock    marks of a process that computes, and of one that changes a finished run
 *
 * Every file is written whole or not at all, and a run's own files before its entry in project.json, so that a
 * kill at any point leaves a project that opens.
 */

/** An open project folder. `file` is the content of project.json as it was last read or written. */
export interface Project {
  readonly storage: Storage;
  readonly folder: string;
  readonly file: ProjectFile;
}

/** What a new project is about. */
export type ProjectContent = Omit<ProjectFile, 'schemaVersion' | 'created' | 'runs'>;

/** What a new run is about. */
export type RunContent = Omit<RunFile, 'schemaVersion' | 'id' | 'created' | 'stages' | 'explanation'>;

/**
 * Opens an existing project folder.
 * Throws   TesseraError 'bad-project' when the folder holds no project, a damaged one, or one of a newer version.
 */
export async function openProject(storage: Storage, folder: string): Promise<Project> {
  const path = storage.join(folder, 'project.json');
  if (!(await storage.exists(path)))
    throw new TesseraError('bad-project', `project: ${folder} is not a Tessera project (no project.json).`, {
      hint: 'Give the folder that a run was written to; its name ends in .tessera.',
    });
  return { storage, folder, file: await readJsonFile(storage, path, PROJECT_FILE) };
}

/**
 * Creates the folder, with parents, and its project.json.
 * Throws   TesseraError 'bad-project' when the folder already holds a project; 'storage' when it cannot be written.
 */
export async function createProject(
  storage: Storage,
  folder: string,
  content: ProjectContent,
): Promise<Project> {
  if (await storage.exists(storage.join(folder, 'project.json')))
    throw new TesseraError('bad-project', `project: ${folder} already holds a project.`, {
      hint: 'Open it, or choose another folder.',
    });
  await storage.makeDirectory(folder);
  const file: ProjectFile = { schemaVersion: SCHEMA_VERSION, created: now(), ...content, runs: [] };
  return saveProject({ storage, folder, file }, {});
}

/**
 * Changes fields of project.json as it was read and returns the project as it then is.
 *
 * @internal Outside a lock only tests do: {@link changeProjectFile} reads it anew.
 */
export async function saveProject(project: Project, changes: Partial<ProjectFile>): Promise<Project> {
  const { storage, folder } = project;
  const file = { ...project.file, ...changes };
  await writeJsonFile(storage, storage.join(folder, 'project.json'), PROJECT_FILE, file);
  return { storage, folder, file };
}

/**
 * Changes project.json as it now is, while nobody else does: another process may have begun, deleted or restored a run
 * since it was read here. Returns the project as it then is.
 */
export function changeProjectFile(
  project: Project,
  self: ProcessIdentity,
  change: (file: ProjectFile) => Promise<Partial<ProjectFile>>,
): Promise<Project> {
  return changeProject(project, self, async () => {
    const now = await openProject(project.storage, project.folder);
    return saveProject(now, await change(now.file));
  });
}

/**
 * Writes `runs/ID/run.json`; the run must have been started. Of an explanation it has the numbers of images and flips where
 * these are in a file of their own, else, in a run of before there was that, each of them.
 */
export async function saveRun(project: Project, run: RunFile): Promise<void> {
  const { explanation, ...others } = run;
  const isCounted =
    explanation !== undefined && (await project.storage.exists(explainedPath(project, run.id)));
  const stored = isCounted ? { ...others, explanation: counted(explanation) } : run;
  await writeJsonFile(project.storage, runPath(project, run.id, 'run.json'), RUN_FILE, stored);
}

/**
 * Reads one run; its images and flips are read from the disk as they are asked for. Throws TesseraError 'unknown-name' when
 * the project has none of that id, 'bad-project' for a damaged one.
 */
export async function loadRun(project: Project, id: string): Promise<RunFile> {
  requireRun(project, id);
  const { storage } = project;
  const path = runPath(project, id, 'run.json');
  const { explanation, ...run } = await readJsonFile(storage, path, RUN_FILE, migrateRun);
  if (explanation === undefined) return run;
  // Images and flips are both counted or both there.
  if (typeof explanation.images !== 'number') return { ...run, explanation: explanation as Explanation };
  const stored = explanation as CountedExplanation;
  return { ...run, explanation: await withExplained(storage, explainedPath(project, id), stored) };
}

/** Path of a run's explained images and flips, see core/project/explained-file.ts. */
export function explainedPath(project: Project, id: string): string {
  return runPath(project, id, 'explained.safetensors');
}

/** Throws TesseraError 'unknown-name' unless the project has a run of that id. */
export function requireRun({ file, folder }: Project, id: string): void {
  if (ID_PATTERN.test(id) && file.runs.includes(id)) return;
  throw new TesseraError('unknown-name', `project: ${folder} has no run "${id}".`, {
    hint: file.runs.length > 0 ? `Its runs are ${file.runs.join(', ')}.` : 'It has no runs yet.',
  });
}

/** Folder of a run's own files. */
export function runFolder({ storage, folder }: Project, id: string): string {
  return storage.join(folder, 'runs', id);
}

/** Path of one of a run's own files. */
export function runPath(project: Project, id: string, name: string): string {
  return project.storage.join(runFolder(project, id), name);
}

function now(): string {
  return new Date().toISOString();
}
