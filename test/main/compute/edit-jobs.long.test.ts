import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import { runStamp } from '../../../main/compute/run-stamp.ts';
import { finishedRun } from './finished-run.ts';
import type { NotesFile } from '../../../core/project/run-notes.ts';

const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};
const jobs = createJobs({});
let question: RunQuestion;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-edits-'));
  ({ question } = await finishedRun(home));
});
afterAll(() => rm(home, { recursive: true }));

const notesPath = () => path.join(question.folder, 'runs', question.runId, 'notes.json');
const lockPath = () => path.join(question.folder, 'change.lock');
const notes = async (): Promise<NotesFile> => JSON.parse(await readFile(notesPath(), 'utf8')) as NotesFile;
const rename = (name: string) =>
  jobs.editConcept({ ...question, edit: { kind: 'rename', concept: 'c0', name } }, context);
/** Holds the project as a process that lives: the one that started this one. */
const holdAsAnother = () =>
  writeFile(
    lockPath(),
    JSON.stringify({ pid: process.ppid, host: hostname(), since: new Date().toISOString() }),
  );

describe('jobs that edit', { timeout: 200_000 }, () => {
  it('answer with all that views show, the notes before, and a stamp of what was read', async () => {
    const { result, tree, before, after, stamp } = await rename('red and blue');
    expect(result).toEqual(await jobs.readResult(question, context));
    expect(tree).toEqual(await jobs.readTree(question, context));
    expect(result.concepts[0]).toMatchObject({ name: 'red and blue', givenName: 'Concept 1' });
    expect(before.names).toEqual({});
    expect(stamp).toBe(await runStamp(fileStorage, question));
    expect(await readdir(question.folder)).not.toContain('change.lock');

    const undone = await jobs.changeNotes({ ...question, from: after, to: before }, context);
    expect(undone.result.concepts[0].name).toBe('Concept 1');
    expect(undone.before.names).toEqual({ c0: 'red and blue' });
    expect(undone.stamp).not.toBe(stamp);
  });

  it('refuse a concept that the run does not have and change nothing', async () => {
    const edit = { kind: 'hide', concept: 'c7' } as const;
    await expect(jobs.editConcept({ ...question, edit }, context)).rejects.toThrow('no concept "c7"');
    expect((await jobs.readResult(question, context)).concepts[0].isHidden).toBe(false);
    expect(await readdir(question.folder)).not.toContain('change.lock');
  });

  it('lose nothing when they are asked for at once', async () => {
    const comment = { kind: 'comment', concept: 'c0', text: 'both squares' } as const;
    const hide = { kind: 'hide', concept: 'c0' } as const;
    await Promise.all([
      rename('squares'),
      jobs.editConcept({ ...question, edit: comment }, context),
      jobs.editConcept({ ...question, edit: hide }, context),
    ]);
    expect(await notes()).toMatchObject({
      names: { c0: 'squares' },
      comments: { c0: 'both squares' },
      hidden: ['c0'],
    });
  });

  it('lose nothing beside a decomposition, whichever is first', async () => {
    const query = { ...question, concept: 'c0', parts: 2 };
    await jobs.decompose(query, context);
    await jobs.editConcept({ ...question, edit: { kind: 'hide-parts', concept: 'c0' } }, context);
    expect(await notes()).toMatchObject({ joined: ['c0'] });

    // Another process reads the notes, takes its time, and writes them with a name in them.
    await holdAsAnother();
    const stale = await notes();
    let isDone = false;
    const decomposing = jobs.decompose(query, context).then(() => (isDone = true));
    await sleep(2000);
    expect(isDone).toBe(false);
    await writeFile(notesPath(), JSON.stringify({ ...stale, names: { c0: 'given meanwhile' } }));
    await rm(lockPath());
    await decomposing;
    expect(await notes()).toMatchObject({ names: { c0: 'given meanwhile' }, joined: [] });

    await jobs.editConcept({ ...question, edit: { kind: 'hide-parts', concept: 'c0' } }, context);
    const renaming = async () => {
      for (const name of ['one', 'two', 'three']) await rename(name);
    };
    await Promise.all([jobs.decompose({ ...query, parts: 3 }, context), renaming()]);
    expect(await notes()).toMatchObject({ names: { c0: 'three' }, joined: [] });
    const tree = await jobs.readTree(question, context);
    expect(tree.items.map(({ name }) => name).slice(0, 3)).toEqual(['three', 'Concept 1.1', 'Concept 1.2']);
    expect(await createJobs({}).readTree(question, context)).toEqual(tree);
  });

  it('tell that another process holds the project', async () => {
    const { name } = (await jobs.readResult(question, context)).concepts[0];
    await holdAsAnother();
    await expect(rename('never')).rejects.toThrow(
      `Another Tessera is changing this project, so this change was not made (process ${process.ppid} on`,
    );
    await rm(lockPath());
    expect((await jobs.readResult(question, context)).concepts[0].name).toBe(name);
  });
});
