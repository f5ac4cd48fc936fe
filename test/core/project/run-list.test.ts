import { describe, expect, it } from 'vitest';
import {
  createProject,
  loadRun,
  openProject,
  saveRun,
  type Project,
} from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import {
  carryOutDeletions,
  deleteRun,
  listRuns,
  renameRun,
  restoreRun,
} from '../../../core/project/run-list.ts';
import { memoryStorage } from './memory-storage.ts';
import { explanation, projectContent, runContent, self } from './sample-run.ts';

const folder = '/boat.tessera';

/** A project with runs of the seeds 0, 1, …; all but the last have ended. */
async function projectWithRuns(count: number, beforeWrite?: (path: string) => void) {
  const storage = memoryStorage(undefined, beforeWrite);
  let project: Project = await createProject(storage, folder, projectContent);
  for (let seed = 0; seed < count; seed++) {
    const started = await startRun(project, { ...runContent, seed }, self);
    project = started.project;
    if (seed === count - 1) continue;
    await saveRun(project, { ...started.run, explanation });
    storage.files.set(`${folder}/runs/${started.run.id}/tensors.safetensors`, new Uint8Array(1));
  }
  return { storage, project, open: () => openProject(storage, folder) };
}
const idsOf = async (project: Project) => (await listRuns(project)).map(({ id }) => id);
const filesOf = (files: ReadonlyMap<string, unknown>, id: string) =>
  [...files.keys()].filter((file) => file.startsWith(`${folder}/runs/${id}/`));

describe('listRuns()', () => {
  it('tells the newest first, which have ended, and what they are called', async () => {
    const { project } = await projectWithRuns(3);
    await renameRun(project, self, 'run1', ' first try ');
    const runs = await listRuns(project);
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      ['run3', 'unfinished'],
      ['run2', 'finished'],
      ['run1', 'finished'],
    ]);
    expect(runs[2]).toMatchObject({ name: 'first try' });
    await renameRun(project, self, 'run1', '');
    expect((await listRuns(project))[2]).not.toHaveProperty('name');
  });

  it('says of a damaged run what is wrong, and lists the others', async () => {
    const { storage, project } = await projectWithRuns(4);
    storage.files.set(`${folder}/runs/run1/run.json`, new Uint8Array());
    storage.files.delete(`${folder}/runs/run2/tensors.safetensors`);
    storage.files.set(`${folder}/runs/run3/notes.json`, new TextEncoder().encode('{'));
    const problems = (await listRuns(project)).map((run) => run.status === 'damaged' && run.problem);
    expect(problems).toEqual([
      false,
      expect.stringContaining('run3/notes.json is not JSON'),
      expect.stringContaining('run2/tensors.safetensors is missing'),
      expect.stringContaining('run1/run.json is empty'),
    ]);
  });
});

describe('deleteRun()', () => {
  it('takes one run off the list and no other; it can be restored in its place, whole', async () => {
    const { storage, project, open } = await projectWithRuns(3);
    const before = new Map(storage.files);
    await deleteRun(project, self, 'run2');
    expect(await idsOf(await open())).toEqual(['run3', 'run1']);
    await expect(loadRun(await open(), 'run2')).rejects.toThrow('has no run "run2"');
    await restoreRun(project, self, 'run2');
    expect(await idsOf(await open())).toEqual(['run3', 'run2', 'run1']);
    for (const file of filesOf(before, 'run2')) expect(storage.files.get(file)).toEqual(before.get(file));
  });

  it('deletes a damaged run', async () => {
    const { storage, project, open } = await projectWithRuns(2);
    storage.files.set(`${folder}/runs/run1/run.json`, new Uint8Array());
    await carryOutDeletions(await deleteRun(project, self, 'run1'), self);
    expect(filesOf(storage.files, 'run1')).toEqual([]);
    expect(await idsOf(await open())).toEqual(['run2']);
  });

  it('never gives the number of a deleted run again, so that no cache takes another for it', async () => {
    const { project, open } = await projectWithRuns(3);
    await carryOutDeletions(await deleteRun(project, self, 'run3'), self);
    expect((await startRun(await open(), { ...runContent, seed: 9 }, self)).run.id).toBe('run4');
    for (const id of ['run1', 'run2', 'run4'])
      await carryOutDeletions(await deleteRun(await open(), self, id), self);
    expect((await startRun(await open(), runContent, self)).run.id).toBe('run5');
  });

  it('does not lose a run that another process has begun since the project was opened', async () => {
    const { project, open } = await projectWithRuns(2);
    await startRun(await open(), { ...runContent, seed: 7 }, self);
    await deleteRun(project, self, 'run1');
    expect(await idsOf(await open())).toEqual(['run3', 'run2']);
  });

  it('refuses a run that another process computes, and one that is not there', async () => {
    const { storage, project, open } = await projectWithRuns(2);
    const lock = JSON.stringify({ pid: 77, host: 'desk', since: new Date().toISOString() });
    storage.files.set(`${folder}/write.lock`, new TextEncoder().encode(lock));
    await expect(deleteRun(project, self, 'run2')).rejects.toThrow('in use by process 77');
    await deleteRun(project, self, 'run1');
    await expect(deleteRun(await open(), self, 'run1')).rejects.toThrow('has no run "run1"');
    expect(await idsOf(await open())).toEqual(['run2']);
  });

  it('leaves a whole project when it is killed at any write, and can be carried out again', async () => {
    for (let kill = 0; kill < 6; kill++) {
      let left = Infinity;
      const { storage, project, open } = await projectWithRuns(3, () => {
        if (--left < 0) throw new Error('killed');
      });
      left = kill;
      await deleteRun(project, self, 'run2')
        .then((deleted) => carryOutDeletions(deleted, self))
        .catch(() => undefined);
      left = Infinity;
      const ids = await idsOf(await open());
      expect(ids).toEqual(ids.length === 3 ? ['run3', 'run2', 'run1'] : ['run3', 'run1']);
      if (ids.length === 3) expect(filesOf(storage.files, 'run2')).toHaveLength(2);
      await carryOutDeletions(await open(), self);
      expect(filesOf(storage.files, 'run2').length > 0).toBe(ids.length === 3);
      expect(filesOf(storage.files, 'run1')).toHaveLength(2);
    }
  });
});

describe('restoreRun()', () => {
  it('says that a deletion has been carried out', async () => {
    const { project, open } = await projectWithRuns(2);
    await deleteRun(project, self, 'run1');
    await carryOutDeletions(await open(), self, 'run2');
    await restoreRun(project, self, 'run1');
    await carryOutDeletions(await deleteRun(await open(), self, 'run1'), self);
    await expect(restoreRun(await open(), self, 'run1')).rejects.toThrow('"run1" is not there any more');
  });
});
