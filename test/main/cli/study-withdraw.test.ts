import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addParticipantEvents, loadStudyData } from '../../../core/project/participant-files.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { thisProcess } from '../../../core/runtime/this-process.ts';
import { lockStudy } from '../../../core/project/study-lock.ts';
import { studyCommand } from '../../../main/cli/study.ts';
import { freezeExample, projectWithRun } from '../../core/project/study-project.ts';
import { answer } from '../../core/study/analysis/sample-study.ts';
import { exampleIntruder } from '../../core/study/example-study.ts';

let folder: string;
let project: string;
let place: Parameters<typeof loadStudyData>[0];
let told: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-withdraw-'));
  const created = await projectWithRun(folder);
  project = created.folder;
  const { sha256 } = await freezeExample(created, await exampleIntruder({ count: 2 }));
  place = { storage: fileStorage, folder: path.join(project, 'studies/study1'), sha256 };
  told = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void told.push(line));
  for (const participant of [2, 5])
    await addParticipantEvents(place, participant, [
      { event: 'started', study: sha256, participant, condition: 'all' },
      { event: 'answered', step: 0, trial: { ...answer(participant, 'all'), item: `of ${participant}` } },
      { event: 'finished' },
    ]);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const withdraw = (...argv: string[]): Promise<void> =>
  studyCommand(['withdraw', ...argv], AbortSignal.timeout(60_000));

describe('study withdraw', () => {
  it('deletes all answers of the participant, and of nobody else; a second time there are none', async () => {
    await withdraw(project, 'study1', '5');
    expect(told[0]).toBe('Participant 5 is withdrawn: 1 answer deleted.');
    const text = await readFile(path.join(place.folder, 'participants/005.jsonl'), 'utf8');
    expect(text).not.toContain('of 5');
    const { participants, trials } = await loadStudyData(place);
    expect(participants.map(({ participant, status }) => [participant, status])).toEqual([
      [2, 'finished'],
      [5, 'withdrawn'],
    ]);
    expect(trials.map(({ participant }) => participant)).toEqual([2]);
    told = [];
    await withdraw(project, 'study1', '5');
    expect(told[0]).toBe('Participant 5 is withdrawn; no answers of theirs were kept.');
  });

  it('deletes also where the study is void', async () => {
    await rm(path.join(place.folder, 'pictures'), { recursive: true });
    await withdraw(project, 'study1', '2');
    expect((await loadStudyData(place)).trials.map(({ participant }) => participant)).toEqual([5]);
  });

  it('deletes nothing while another process serves the study, which knows the answers', async () => {
    const lock = await lockStudy(place, { ...thisProcess, pid: process.ppid }, '');
    await expect(withdraw(project, 'study1', '5')).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringContaining('study: another Tessera serves this study') as string,
      hint: 'Delete the answers in the window that serves it, or stop that one first.',
    });
    expect((await loadStudyData(place)).trials).toHaveLength(2);
    await lock.release();
    await withdraw(project, 'study1', '5');
    expect((await loadStudyData(place)).trials).toHaveLength(1);
  });

  it.each([
    [['study1', '9'], 'study: participant 9 has not begun, so that there is nothing to delete.'],
    [['study9', '1'], expect.stringContaining('study9')],
    [['study1', '0'], 'The number of a participant is a whole number from 1 to 999999; got "0".'],
    [['study1', '1.5'], 'The number of a participant is a whole number from 1 to 999999; got "1.5".'],
    [['study1'], 'study withdraw takes a project folder, the id of a study and the number of a participant.'],
  ])('refuses %s in words', async (argv, message) => {
    await expect(withdraw(project, ...argv)).rejects.toMatchObject({ message: message as string });
    expect((await loadStudyData(place)).trials).toHaveLength(2);
  });

  it('says who has begun', async () => {
    await expect(withdraw(project, 'study1', '9')).rejects.toMatchObject({
      hint: 'Those who have: 2, 5.',
    });
  });
});
