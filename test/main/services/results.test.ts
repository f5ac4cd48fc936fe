import { beforeEach, describe, expect, it } from 'vitest';
import type { ComputeClient } from '../../../main/compute/client.ts';
import { editedNotes } from '../../../main/compute/jobs/edited-notes.ts';
import type { EditedRun, RunQuestion } from '../../../main/compute/protocol.ts';
import { runStamp } from '../../../main/compute/run-stamp.ts';
import type { ConceptEdit } from '../../../main/api/contract.ts';
import { createEventHub } from '../../../main/services/events.ts';
import type { Projects } from '../../../main/services/projects.ts';
import { createResults, type Results } from '../../../main/services/results.ts';
import { memoryStorage } from '../../core/project/memory-storage.ts';
import { changedNotes, type NotesChange } from '../../../core/project/changed-notes.ts';
import type { NotesFile } from '../../../core/project/run-notes.ts';

const NO_NOTES: NotesFile = { schemaVersion: 3, names: {}, hidden: [], merged: [], comments: {} };
const RENAME = { kind: 'rename', concept: 'c0', name: 'sky' } as const;

/** A compute process that keeps the notes of each run in memory and counts what it is asked. */
function fakeCompute() {
  const files = new Map<string, Uint8Array>();
  const storage = {
    ...memoryStorage(files),
    stat: (path: string) => Promise.resolve({ size: files.get(path)!.length, modifiedMs: 0, changedMs: 0 }),
  };
  const asked: string[] = [];
  let failure: Error | undefined;
  const pathOf = ({ folder, runId }: RunQuestion) => `${folder}/runs/${runId}/notes.json`;
  const read = (question: RunQuestion): NotesFile => {
    const bytes = files.get(pathOf(question));
    return bytes === undefined ? NO_NOTES : (JSON.parse(new TextDecoder().decode(bytes)) as NotesFile);
  };
  const write = (question: RunQuestion, notes: NotesFile): void =>
    void files.set(pathOf(question), new TextEncoder().encode(JSON.stringify(notes)));
  const view = (question: RunQuestion) =>
    ({ run: { runId: question.runId }, names: read(question).names }) as unknown as EditedRun['result'];
  const tree = ({ runId }: RunQuestion) => ({ runId, items: [] });
  const run = async (name: string, question: RunQuestion & { edit: ConceptEdit } & NotesChange) => {
    asked.push(name);
    await Promise.resolve();
    if (failure !== undefined) throw failure;
    if (name === 'readResult') return view(question);
    if (name === 'readTree') return tree(question);
    if (name === 'computeMerge') return null;
    const before = read(question);
    const next =
      name === 'editConcept'
        ? editedNotes(before, question.edit, ['c0', 'c1'])
        : changedNotes(before, question);
    write(question, next);
    const isSame = JSON.stringify(before) === JSON.stringify(next);
    return {
      before,
      after: next,
      isSame,
      result: view(question),
      tree: tree(question),
      stamp: await runStamp(storage, question),
    };
  };
  return {
    storage,
    asked,
    write,
    viewer: { run } as unknown as Pick<ComputeClient, 'run'>,
    fail: (error: Error | undefined) => void (failure = error),
  };
}

describe('results', () => {
  let compute: ReturnType<typeof fakeCompute>;
  let results: Results;
  let heard: string[];
  let created: string;
  beforeEach(() => {
    compute = fakeCompute();
    created = 'first';
    heard = [];
    const events = createEventHub();
    events.subscribe((name, payload) => heard.push(`${name} ${(payload as { runId: string }).runId}`));
    results = createResults({
      storage: compute.storage,
      viewer: compute.viewer,
      events,
      projects: {
        open: (folder) => Promise.resolve({ key: `${folder} ${created}` }),
        folderOf: (key) => (key.startsWith('/') ? key.split(' ')[0] : undefined),
      } as Pick<Projects, 'open' | 'folderOf'>,
    });
  });
  const run = (runId: string, folder = '/p') => ({ project: `${folder} ${created}`, runId });
  const namesIn = (result: unknown) => (result as { names: unknown }).names;

  it('rename in one job, after which views read result and tree without another', async () => {
    const question = await results.questionOf(run('run1'));
    const renamed = await results.edit(question, RENAME);
    expect(renamed).toMatchObject({ names: { c0: 'sky' }, undo: 'rename to "sky"', redo: null });
    expect(heard).toEqual(['result run1']);
    expect(await results.read(question)).toEqual(renamed);
    expect(await results.readTree(question)).toEqual({ runId: 'run1', items: [] });
    expect(compute.asked).toEqual(['editConcept']);
  });

  it('undo and redo in one job each', async () => {
    const question = await results.questionOf(run('run1'));
    await results.edit(question, RENAME);
    await results.edit(question, { kind: 'hide', concept: 'c1' });
    const undone = await results.undo(question);
    expect(undone).toMatchObject({ names: { c0: 'sky' }, undo: 'rename to "sky"', redo: 'hide a concept' });
    expect(await results.undo(question)).toMatchObject({ names: {}, undo: null, redo: 'rename to "sky"' });
    expect(await results.redo(question)).toMatchObject({ names: { c0: 'sky' }, redo: 'hide a concept' });
    expect(compute.asked.filter((name) => name === 'changeNotes')).toHaveLength(3);
    expect(compute.asked).not.toContain('readResult');
    await results.redo(question);
    const asked = compute.asked.length;
    await results.redo(question);
    expect(compute.asked).toHaveLength(asked);
  });

  it('read again what another process has written since', async () => {
    const question = await results.questionOf(run('run1'));
    await results.edit(question, RENAME);
    compute.write(question, { ...NO_NOTES, names: { c0: 'named on the command line' } });
    expect(namesIn(await results.read(question))).toEqual({ c0: 'named on the command line' });
    await results.readTree(question);
    expect(compute.asked).toEqual(['editConcept', 'readResult', 'readTree']);
  });

  it('compute merged concepts together first, and hold no step for what was merged already', async () => {
    const question = await results.questionOf(run('run1'));
    const merge = { kind: 'merge', concepts: ['c0', 'c1'] } as const;
    expect(await results.edit(question, merge)).toMatchObject({ undo: 'merge 2 concepts' });
    expect(compute.asked).toEqual(['computeMerge', 'editConcept']);
    await results.edit(question, merge);
    expect(await results.undo(question)).toMatchObject({ undo: null });
  });

  it('leave everything as it is where concepts cannot be computed together', async () => {
    const question = await results.questionOf(run('run1'));
    compute.fail(new Error('000.png is not what it was'));
    const edit = results.edit(question, { kind: 'merge', concepts: ['c0', 'c1'] });
    await expect(edit).rejects.toThrow('000.png');
    compute.fail(undefined);
    expect(compute.asked).toEqual(['computeMerge']);
    expect(await results.read(question)).toMatchObject({ undo: null });
  });

  it('keep a history for every run of every project', async () => {
    const first = await results.questionOf(run('run1'));
    await results.edit(first, RENAME);
    expect(await results.read(await results.questionOf(run('run2')))).toMatchObject({ undo: null });
    created = 'anew, in the same folder';
    expect(await results.read(await results.questionOf(run('run1')))).toMatchObject({ undo: null });
    expect(await results.read(first)).toMatchObject({ undo: 'rename to "sky"' });
  });

  it('keep a step whose job fails', async () => {
    const question = await results.questionOf(run('run1'));
    await results.edit(question, RENAME);
    compute.fail(new Error('Another Tessera is changing this project'));
    await expect(results.undo(question)).rejects.toThrow('Another Tessera');
    await expect(results.edit(question, { ...RENAME, name: 'sea' })).rejects.toThrow('Another Tessera');
    compute.fail(undefined);
    expect(await results.read(question)).toMatchObject({ names: { c0: 'sky' }, undo: 'rename to "sky"' });
    expect(await results.undo(question)).toMatchObject({ names: {}, undo: null });
  });

  it('carry out edits of quick succession one after the other', async () => {
    const question = await results.questionOf(run('run1'));
    await Promise.all([
      results.edit(question, RENAME),
      results.edit(question, { ...RENAME, concept: 'c1', name: 'sea' }),
    ]);
    const undone = await results.undo(question);
    expect(namesIn(undone)).toEqual({ c0: 'sky' });
  });

  it('are those of the project that is named, whatever is open and however alike its runs are called', async () => {
    const [first, second] = [run('run1', '/p'), run('run1', '/q')];
    await results.edit(await results.questionOf(first), RENAME);
    expect(await results.questionOf(second)).toEqual({ folder: '/q', key: '/q first', runId: 'run1' });
    expect(namesIn(await results.read(await results.questionOf(second)))).toEqual({});
    expect(namesIn(await results.read(await results.questionOf(first)))).toEqual({ c0: 'sky' });
  });

  it('refuse a run of a project that is unknown, or was made anew in its folder', async () => {
    const stale = run('run1');
    created = 'anew';
    const words = /The project is not what it was when it was opened/;
    await expect(results.questionOf(stale)).rejects.toThrow(words);
    await expect(results.questionOf({ project: 'never opened', runId: 'run1' })).rejects.toThrow(words);
  });
});
