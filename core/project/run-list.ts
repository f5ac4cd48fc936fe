import { TesseraError } from '../errors.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { changeProject } from './change-lock.ts';
import { loadEvaluation } from './evaluation-file.ts';
import {
  changeProjectFile,
  loadRun,
  requireRun,
  runFolder,
  runPath,
  type Project,
} from './project-folder.ts';
import { lastNumber } from './start-run.ts';
import type { RunFile } from './schema.ts';
import type { ProcessIdentity } from './lock-file.ts';
import { writeToProject } from './write-lock.ts';
import { loadNotes, saveNotes } from './run-notes.ts';

/** A run as a list of them tells of it; a damaged one says why it cannot be read. */
export type ListedRun =
  | {
      readonly id: string;
      readonly status: 'finished' | 'unfinished';
      readonly run: RunFile;
      /** The name that a person gave. */
      readonly name?: string;
      readonly evaluation?: Evaluation;
    }
  | { readonly id: string; readonly status: 'damaged'; readonly problem: string };

/** The runs of a project, newest first. One that cannot be read bars the way to no other. */
export async function listRuns(project: Project): Promise<readonly ListedRun[]> {
  return Promise.all(project.file.runs.toReversed().map((id) => listedRun(project, id)));
}

async function listedRun(project: Project, id: string): Promise<ListedRun> {
  try {
    const run = await loadRun(project, id);
    const isFinished = run.explanation !== undefined;
    await requireArrays(project, id, isFinished);
    const { runName } = await loadNotes(project, id);
    const evaluation = isFinished ? await loadEvaluation(project, id) : undefined;
    return {
      id,
      status: isFinished ? 'finished' : 'unfinished',
      run,
      ...(runName !== undefined && { name: runName }),
      ...(evaluation !== undefined && { evaluation }),
    };
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    return { id, status: 'damaged', problem: error.message };
  }
}

async function requireArrays(project: Project, id: string, isFinished: boolean): Promise<void> {
  const path = runPath(project, id, 'tensors.safetensors');
  if (!isFinished || (await project.storage.exists(path))) return;
  throw new TesseraError('bad-project', `project: ${path} is missing.`);
}

/** Gives a run a name, or takes it back where the name is empty. */
export function renameRun(project: Project, self: ProcessIdentity, id: string, name: string): Promise<void> {
  return changeProject(project, self, async () => {
    const { runName, ...notes } = await loadNotes(project, id);
    const wanted = name.trim();
    if (wanted !== (runName ?? ''))
      await saveNotes(project, id, wanted === '' ? notes : { ...notes, runName: wanted });
  });
}

/**
 * Takes a run off the list. Its files stay until {@link carryOutDeletions}, so that {@link restoreRun} brings back the
 * whole of it; each of the three is done by one write of project.json, so that a kill leaves it done or not done.
 *
 * Throws   TesseraError 'unknown-name' where there is no such run, 'bad-project' while another process computes it.
 */
export async function deleteRun(project: Project, self: ProcessIdentity, id: string): Promise<Project> {
  requireRun(project, id);
  // One that has not ended may be under way in another process, which then holds the lock for as long as it computes.
  const isUnfinished = (await listedRun(project, id)).status === 'unfinished';
  const take = () => takeOffList(project, self, id);
  return isUnfinished ? writeToProject(project, self, take) : take();
}

function takeOffList(project: Project, self: ProcessIdentity, id: string): Promise<Project> {
  return changeProjectFile(project, self, (file) => {
    requireRun({ ...project, file }, id);
    return Promise.resolve({
      runs: file.runs.filter((other) => other !== id),
      deleted: [...(file.deleted ?? []), id],
      lastRun: lastNumber(file),
    });
  });
}

/** Puts a deleted run back in its place. TesseraError 'unknown-name' where its deletion has been carried out. */
export function restoreRun(project: Project, self: ProcessIdentity, id: string): Promise<Project> {
  return changeProjectFile(project, self, (file) => {
    const { deleted = [], runs } = file;
    if (!deleted.includes(id))
      throw new TesseraError('unknown-name', `The run "${id}" is not there any more.`, {
        hint:
          deleted.length > 0 ? `These can be restored: ${deleted.join(', ')}.` : 'No run can be restored.',
      });
    return Promise.resolve({
      runs: [...runs, id].sort((a, b) => numberOf(a) - numberOf(b)),
      deleted: deleted.filter((other) => other !== id),
    });
  });
}

/** Removes the files of deleted runs, of the one with the id alone where one is given. Safe to repeat after a kill. */
export async function carryOutDeletions(
  project: Project,
  self: ProcessIdentity,
  only?: string,
): Promise<Project> {
  const isMeant = (id: string): boolean => only === undefined || id === only;
  if (project.file.deleted?.some(isMeant) !== true) return project;
  return changeProjectFile(project, self, async ({ deleted = [], runs }) => {
    for (const id of deleted.filter(isMeant)) {
      if (!runs.includes(id)) await project.storage.remove(runFolder(project, id));
    }
    return { deleted: deleted.filter((id) => !isMeant(id)) };
  });
}

/** By which runs stand in the order of their beginnings. */
function numberOf(id: string): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}
