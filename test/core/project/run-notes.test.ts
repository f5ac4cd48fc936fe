import { beforeEach, describe, expect, it } from 'vitest';
import { createProject, type Project } from '../../../core/project/project-folder.ts';
import { loadNotes, saveNotes, shareNotes } from '../../../core/project/run-notes.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { memoryStorage } from './memory-storage.ts';
import { projectContent, runContent, self } from './sample-run.ts';

const BANK = 'ab'.repeat(16);
let project: Project;
let [first, second] = ['', ''];

beforeEach(async () => {
  const created = await createProject(memoryStorage(), '/p', projectContent);
  const one = await startRun(created, runContent, self);
  const two = await startRun(one.project, { ...runContent, seed: 9 }, self);
  project = two.project;
  [first, second] = [one.run.id, two.run.id];
});

async function rename(run: string, names: Record<string, string>): Promise<void> {
  await saveNotes(project, run, { ...(await loadNotes(project, run)), names });
}

describe('notes of runs', () => {
  it('are of one run where its concepts are', async () => {
    await rename(first, { c0: 'sky' });
    expect((await loadNotes(project, first)).names).toEqual({ c0: 'sky' });
    expect((await loadNotes(project, second)).names).toEqual({});
  });

  it('are said once for all runs that have the bank, but of parts and of the run itself', async () => {
    await shareNotes(project, first, BANK);
    await shareNotes(project, second, BANK);
    const notes = await loadNotes(project, first);
    await saveNotes(project, first, {
      ...notes,
      names: { c0: 'sky', 'c0-1': 'clouds' },
      hidden: ['c3'],
      merged: [['c1', 'c2']],
      comments: { c0: 'always there' },
      runName: 'Monday',
    });
    const other = await loadNotes(project, second);
    expect(other).toMatchObject({ names: { c0: 'sky' }, hidden: ['c3'], merged: [['c1', 'c2']] });
    expect(other.comments).toEqual({ c0: 'always there' });
    expect(other.names).not.toHaveProperty('c0-1');
    expect(other.runName).toBeUndefined();
    expect((await loadNotes(project, first)).names).toEqual({ c0: 'sky', 'c0-1': 'clouds' });
  });

  it('can be taken back from either run', async () => {
    await shareNotes(project, first, BANK);
    await shareNotes(project, second, BANK);
    await rename(first, { c0: 'sky' });
    await rename(second, {});
    expect((await loadNotes(project, first)).names).toEqual({});
    // Sharing again, as when a run continues, changes nothing.
    await rename(first, { c1: 'sea' });
    await shareNotes(project, first, BANK);
    expect((await loadNotes(project, second)).names).toEqual({ c1: 'sea' });
  });
});
