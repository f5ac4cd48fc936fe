import { beforeEach, describe, expect, it } from 'vitest';
import {
  addOwnConcept,
  loadOwnConcepts,
  carryOwnConcepts,
  ownStamp,
  pendingOwnConcepts,
  saveOwnConcept,
  showOwnConcept,
} from '../../../core/project/own-concepts-file.ts';
import { loadNotes, saveNotes, shareNotes } from '../../../core/project/run-notes.ts';
import { createProject, type Project } from '../../../core/project/project-folder.ts';
import type { RunFile } from '../../../core/project/schema.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { newOwn, sampleOwn } from '../concepts/own/sample-own.ts';
import { memoryStorage } from './memory-storage.ts';
import { projectContent, runContent, self } from './sample-run.ts';

const storage = memoryStorage();
let project: Project;
let run: RunFile;

beforeEach(async () => {
  storage.files.clear();
  ({ project, run } = await startRun(await createProject(storage, '/p', projectContent), runContent, self));
});

const add = (name: string) => addOwnConcept(project, self, run, newOwn({ name }));
const names = async () => (await loadOwnConcepts(project, run)).map(({ concept }) => concept.name);

describe('own concepts of a run', () => {
  it('come back as they were written, in the order in which they were made', async () => {
    expect(await loadOwnConcepts(project, run)).toEqual([]);
    expect((await add('stripes')).concept.id).toBe('own-1');
    expect((await add('dots')).concept.id).toBe('own-2');
    const [first, second] = await loadOwnConcepts(project, run);
    expect(first).toEqual(sampleOwn());
    expect(second.concept).toEqual({ ...sampleOwn().concept, id: 'own-2', name: 'dots' });
  });

  it('are taken away and put back where they were; an id is never given twice', async () => {
    await add('stripes');
    await add('dots');
    const before = await ownStamp(project, run.id);
    expect(await showOwnConcept(project, self, run.id, 'own-1', false)).toBe(true);
    expect(await showOwnConcept(project, self, run.id, 'own-1', false)).toBe(false);
    expect(await names()).toEqual(['dots']);
    expect(await ownStamp(project, run.id)).not.toBe(before);
    expect((await add('checks')).concept.id).toBe('own-3');
    expect(await showOwnConcept(project, self, run.id, 'own-1', true)).toBe(true);
    expect(await names()).toEqual(['stripes', 'dots', 'checks']);
    expect(await showOwnConcept(project, self, run.id, 'own-9', true)).toBe(false);
  });

  it('are left out where a file is damaged, lost or of another run', async () => {
    await add('stripes');
    await add('dots');
    const bytes = storage.files.get('/p/runs/run1/own-1.safetensors')!;
    bytes[bytes.length - 1] ^= 1;
    expect(await names()).toEqual(['dots']);
    storage.files.delete('/p/runs/run1/own-2.safetensors');
    expect(await names()).toEqual([]);
    const again = await add('dots');
    expect(again.concept.id).toBe('own-2');
    expect(await loadOwnConcepts(project, { ...run, created: '2020-01-01T00:00:00.000Z' })).toEqual([]);
  });
});

describe('own concepts of a bank that runs have in common', () => {
  const BANK = 'a'.repeat(32);
  let other: RunFile;
  beforeEach(async () => {
    ({ project, run: other } = await startRun(project, { ...runContent, seed: 7 }, self));
    for (const { id } of [run, other]) await shareNotes(project, id, BANK);
  });
  const pending = async (of: RunFile) =>
    (await pendingOwnConcepts(project, of)).map(({ concept }) => concept.id);

  it('are of every run of the bank, and computed for each', async () => {
    await add('stripes');
    expect([await pending(run), await pending(other)]).toEqual([[], ['own-1']]);
    const [defined] = await pendingOwnConcepts(project, other);
    expect(defined).toEqual({
      ...newOwn().definition,
      concept: { ...newOwn().definition.concept, id: 'own-1' },
    });
    const before = await ownStamp(project, other.id);
    await saveOwnConcept(project, self, other, sampleOwn({ prevalence: 0.5 }));
    expect(await ownStamp(project, other.id)).not.toBe(before);
    expect(await pending(other)).toEqual([]);
    expect((await loadOwnConcepts(project, other))[0].concept.prevalence).toBe(0.5);
    // Made in the other run, its id is another.
    expect((await addOwnConcept(project, self, other, newOwn({ name: 'dots' }))).concept.id).toBe('own-2');
    expect(await pending(run)).toEqual(['own-2']);
  });

  it('are taken away, put back, named and hidden in all of them', async () => {
    await add('stripes');
    const notes = await loadNotes(project, run.id);
    await saveNotes(project, run.id, { ...notes, names: { 'own-1': 'a fence' }, hidden: ['own-1'] });
    expect(await loadNotes(project, other.id)).toMatchObject({
      names: { 'own-1': 'a fence' },
      hidden: ['own-1'],
    });
    expect(await showOwnConcept(project, self, other.id, 'own-1', false)).toBe(true);
    expect(await names()).toEqual([]);
    expect(await showOwnConcept(project, self, other.id, 'own-1', true)).toBe(true);
    expect(await names()).toEqual(['stripes']);
  });

  it('are those of the bank that takes its place', async () => {
    await add('stripes');
    const next = 'b'.repeat(32);
    await carryOwnConcepts(project, BANK, next);
    await shareNotes(project, other.id, next);
    expect(await pending(other)).toEqual(['own-1']);
  });
});
