import { describe, expect, it } from 'vitest';
import {
  createProject,
  loadRun,
  openProject,
  saveProject,
  saveRun,
} from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { memoryStorage } from './memory-storage.ts';
import { explanation, projectContent, runContent, self } from './sample-run.ts';
import { loadNotes, saveNotes } from '../../../core/project/run-notes.ts';

const folder = '/boat.tessera';
const PROJECT = `${folder}/project.json`;
const RUN = `${folder}/runs/run1/run.json`;

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const json = (bytes: Uint8Array | undefined) =>
  JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;

async function projectWithRun() {
  const storage = memoryStorage();
  const created = await createProject(storage, folder, projectContent);
  return { storage, ...(await startRun(created, runContent, self)) };
}

describe('createProject() and openProject()', () => {
  it('give back what was put in', async () => {
    const storage = memoryStorage();
    const { file } = await createProject(storage, folder, projectContent);
    expect(file).toMatchObject({ schemaVersion: 3, ...projectContent, runs: [] });
    expect((await openProject(storage, folder)).file).toEqual(file);
  });

  it('refuse to overwrite a project', async () => {
    const { storage } = await projectWithRun();
    await expect(createProject(storage, folder, projectContent)).rejects.toMatchObject({
      code: 'bad-project',
      message: 'project: /boat.tessera already holds a project.',
    });
  });
});

describe('openProject()', () => {
  const damaged: readonly [string, Uint8Array, string][] = [
    ['an empty file', new Uint8Array(0), `project: ${PROJECT} is empty.`],
    ['a file cut short', text({ a: 1 }).subarray(0, 4), `project: ${PROJECT} is not JSON.`],
    [
      'no object',
      text(null),
      `project: ${PROJECT} is damaged: the whole file: Invalid input: expected object, received null.`,
    ],
    [
      'a newer version',
      text({ schemaVersion: 4 }),
      `project: ${PROJECT} was written by a newer Tessera (schema version 4; this one reads up to 3).`,
    ],
  ];

  it.each(damaged)('says what is wrong with %s', async (_, bytes, message) => {
    const storage = memoryStorage(new Map([[PROJECT, bytes]]));
    await expect(openProject(storage, folder)).rejects.toMatchObject({ code: 'bad-project', message });
    await expect(openProject(storage, folder)).rejects.toHaveProperty('hint', expect.stringMatching(/\w/));
  });

  it('names the first wrong field', async () => {
    const { storage } = await projectWithRun();
    storage.files.set(PROJECT, text({ ...json(storage.files.get(PROJECT)), imageRoots: ['a', 3] }));
    await expect(openProject(storage, folder)).rejects.toThrow(
      /project\.json is damaged: imageRoots\.1: .*expected string/,
    );
  });

  it('says that a folder is no project', async () => {
    await expect(openProject(memoryStorage(), '/photos')).rejects.toThrow(
      'project: /photos is not a Tessera project (no project.json).',
    );
  });

  it('refuses run ids that lead out of the folder', async () => {
    const { storage } = await projectWithRun();
    storage.files.set(PROJECT, text({ ...json(storage.files.get(PROJECT)), runs: ['../../etc'] }));
    await expect(openProject(storage, folder)).rejects.toThrow(/damaged: runs\.0/);
  });
});

describe('saveProject()', () => {
  it('keeps top-level fields that it does not know', async () => {
    const { storage } = await projectWithRun();
    storage.files.set(PROJECT, text({ ...json(storage.files.get(PROJECT)), colour: 'blue' }));
    await saveProject(await openProject(storage, folder), { imageRoots: ['/elsewhere'] });
    expect(json(storage.files.get(PROJECT))).toMatchObject({ colour: 'blue', imageRoots: ['/elsewhere'] });
  });
});

describe('startRun()', () => {
  it('lists the new run and stores its options', async () => {
    const { project, run, resumed } = await projectWithRun();
    expect(resumed).toBe(false);
    expect(project.file.runs).toEqual(['run1']);
    expect(await loadRun(project, 'run1')).toEqual(JSON.parse(JSON.stringify(run)));
  });

  it('continues an interrupted run of the same options and seed', async () => {
    const { project } = await projectWithRun();
    const again = await startRun(project, { ...runContent, versions: { tessera: '0.2.0' } }, self);
    expect(again).toMatchObject({ resumed: true, run: { id: 'run1', versions: { tessera: '0.2.0' } } });
  });

  it.each([
    [{ class: '0' }, true],
    [{ class: 'Boat' }, true],
    [{ class: 'predicted:0', select: 'all' }, true],
    [{ class: '1' }, false],
    [{ class: 'boat', select: 'all' }, false],
    [{ class: 'ship' }, false],
  ] as const)('knows the class boat again, however it is called: %j, %s', async (asked, resumed) => {
    const { project } = await projectWithRun();
    const options = { ...runContent.options, ...asked };
    expect(await startRun(project, { ...runContent, options }, self)).toMatchObject({ resumed });
  });

  it('begins a new run for another seed, and after a finished one', async () => {
    const { project, run } = await projectWithRun();
    const other = await startRun(project, { ...runContent, seed: 1 }, self);
    expect(other.run.id).toBe('run2');
    await saveRun(project, { ...run, explanation });
    expect((await startRun(other.project, runContent, self)).run.id).toBe('run3');
  });

  it('passes over a damaged run and over a folder that a kill left behind', async () => {
    const { storage, project } = await projectWithRun();
    storage.files.set(RUN, text('?'));
    storage.files.set(`${folder}/runs/run2/run.json`, text({}));
    expect((await startRun(project, runContent, self)).run.id).toBe('run3');
  });
});

describe('saveRun() and loadRun()', () => {
  it('keep the explanation unchanged', async () => {
    const { project, run } = await projectWithRun();
    await saveRun(project, { ...run, explanation });
    expect((await loadRun(project, 'run1')).explanation).toEqual(explanation);
  });

  it('refuse to write a number that JSON cannot hold, and leave the old file', async () => {
    const { storage, project, run } = await projectWithRun();
    const before = storage.files.get(RUN);
    const reconstruction = { ...explanation.reconstruction, r2: NaN };
    await expect(
      saveRun(project, { ...run, explanation: { ...explanation, reconstruction } }),
    ).rejects.toThrow(/explanation\.reconstruction\.r2/);
    expect(storage.files.get(RUN)).toBe(before);
  });

  it('offer the runs that there are when asked for another', async () => {
    const { project } = await projectWithRun();
    await expect(loadRun(project, 'run9')).rejects.toMatchObject({
      code: 'unknown-name',
      hint: 'Its runs are run1.',
    });
    await expect(loadRun(project, '../x')).rejects.toMatchObject({ code: 'unknown-name' });
  });
});

describe('saveNotes() and loadNotes()', () => {
  it('begin empty and give back what was noted', async () => {
    const { project } = await projectWithRun();
    const empty = await loadNotes(project, 'run1');
    expect(empty).toEqual({ schemaVersion: 3, names: {}, hidden: [], merged: [], comments: {} });
    const notes = { ...empty, names: { c0: 'striped tower' }, merged: [['c1', 'c2']] };
    await saveNotes(project, 'run1', notes);
    expect(await loadNotes(project, 'run1')).toEqual(notes);
  });
});
