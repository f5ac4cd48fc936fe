import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addParticipantEvents,
  loadParticipant,
  loadParticipants,
  loadStudyData,
  withdrawParticipant,
  type StudyPlace,
} from '../../../core/project/participant-files.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import type { ParticipantEvent } from '../../../core/study/participant-log.ts';
import { planParticipant } from '../../../core/study/plan-participant.ts';
import { eventsOfStep } from '../../../core/study/taking-part.ts';
import { asStudy, exampleUtility } from '../study/example-study.ts';
import { memoryStorage } from './memory-storage.ts';

const study = asStudy(await exampleUtility());
const SHA = 'ab'.repeat(32);
let folder: string;
let place: StudyPlace;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-participants-'));
  place = { storage: fileStorage, folder, sha256: SHA };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fileOf = (number: number): string => path.join(folder, `participants/00${number}.jsonl`);
const startOf = (participant: number): ParticipantEvent => ({
  event: 'started',
  study: SHA,
  participant,
  condition: planParticipant(study, participant).condition,
});

/** Takes a participant through some steps, with every answer at the first place. */
async function takePart(number: number, steps: number): Promise<void> {
  const plan = planParticipant(study, number);
  let log = await addParticipantEvents(place, number, [startOf(number), { event: 'passed', step: 0 }]);
  for (let done = 1; done < steps; done++) {
    const next = plan.steps[log.lastStep + 1];
    const given = {
      place: 0,
      confidence: next.kind === 'ask' && next.as !== 'quiz' ? 3 : null,
      milliseconds: 1500,
    } as const;
    const events = eventsOfStep(study, plan, log, next.kind === 'ask' ? given : undefined);
    log = await addParticipantEvents(place, number, events);
  }
}

describe('a participant’s file', () => {
  it('keeps what was answered, whole trials a line, and nothing else of the person', async () => {
    await takePart(1, 9);
    const log = (await loadParticipant(place, 1))!;
    expect(log.participant).toEqual({
      participant: 1,
      condition: planParticipant(study, 1).condition,
      status: 'started',
      isQuizPassed: null,
    });
    expect(log.lastStep).toBe(8);
    expect(log.trials).toHaveLength(3);
    expect(log.trials[0]).toMatchObject({
      trial: 1,
      session: 0,
      kind: 'practice',
      response: 0,
      milliseconds: 1500,
    });
    const lines = (await readFile(fileOf(1), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const fields = new Set(lines.flatMap((line) => Object.keys(line)));
    expect([...fields].sort()).toEqual(['condition', 'event', 'participant', 'step', 'study', 'trial']);
  });

  it('forgets a last line that was cut off at any byte, and goes on from there', async () => {
    await takePart(1, 7);
    const before = await readFile(fileOf(1));
    const whole = (await loadParticipant(place, 1))!;
    await takePartOneStep();
    const after = await readFile(fileOf(1));
    const full = await loadParticipant(place, 1);
    for (let length = before.length; length < after.length; length++) {
      await writeFile(fileOf(1), after.subarray(0, length));
      expect(await loadParticipant(place, 1)).toEqual(whole);
    }
    for (const length of [before.length, before.length + 1, after.length - 1]) {
      await writeFile(fileOf(1), after.subarray(0, length));
      // The same answer again: no half line is left before it.
      await takePartOneStep();
      expect(await readFile(fileOf(1))).toEqual(after);
    }
    expect(full!.lastStep).toBe(whole.lastStep + 1);
  });

  async function takePartOneStep(): Promise<void> {
    const log = (await loadParticipant(place, 1))!;
    const given = { place: 1, confidence: 4, milliseconds: 2000 } as const;
    await addParticipantEvents(place, 1, eventsOfStep(study, planParticipant(study, 1), log, given));
  }

  it('has nobody begin of whom the first line was cut off', async () => {
    await takePart(1, 1);
    const first = await readFile(fileOf(1));
    const end = first.indexOf('\n');
    for (const length of [0, 1, end]) {
      await writeFile(fileOf(1), first.subarray(0, length));
      expect(await loadParticipant(place, 1)).toBeUndefined();
      expect(await loadParticipants(place)).toEqual([]);
    }
    await takePart(1, 2);
    expect((await loadParticipant(place, 1))!.lastStep).toBe(1);
  });

  it('takes zeros at the end, as a power cut leaves them, for a line that was cut off', async () => {
    await takePart(1, 5);
    const log = await loadParticipant(place, 1);
    await appendFile(fileOf(1), new Uint8Array(300));
    expect(await loadParticipant(place, 1)).toEqual(log);
  });

  it('deletes all answers of who withdraws, at once', async () => {
    await takePart(1, 9);
    await takePart(2, 4);
    await withdrawParticipant(place, 1, 'control');
    const text = await readFile(fileOf(1), 'utf8');
    expect(text).not.toContain('trial');
    expect(text.trim().split('\n')).toHaveLength(1);
    const { participants, trials } = await loadStudyData(place);
    expect(participants.map(({ participant, status }) => [participant, status])).toEqual([
      [1, 'withdrawn'],
      [2, 'started'],
    ]);
    expect(trials.filter(({ participant }) => participant === 1)).toEqual([]);
    await expect(addParticipantEvents(place, 1, [{ event: 'passed', step: 1 }])).rejects.toMatchObject({
      code: 'bad-project',
    });
  });

  it('collects the data of all, in the order of their numbers', async () => {
    for (const number of [3, 1, 2]) await takePart(number, 8 + number);
    const { study: hash, participants, trials } = await loadStudyData(place);
    expect(hash).toBe(SHA);
    expect(participants.map(({ participant }) => participant)).toEqual([1, 2, 3]);
    expect(trials.map(({ participant, trial }) => `${participant}.${trial}`)).toEqual([
      ...['1.1', '1.2', '1.3', '2.1', '2.2', '2.3', '2.4', '3.1', '3.2', '3.3', '3.4', '3.5'],
    ]);
  });

  it.each([
    [
      'a line that is none',
      (text: string) => text.replace('"event":"passed"', '"event":"pa'),
      /line 2, which is not/,
    ],
    ['a step twice', (text: string) => `${text}{"event":"passed","step":1}\n`, /step 1 after step 8/],
    ['a second start', (text: string) => text + text, /starts twice/],
    [
      'answers of another',
      (text: string) => text.replaceAll('"participant":1', '"participant":2'),
      /holds answers of participant 2/,
    ],
    [
      'another study',
      (text: string) => text.replace(SHA, 'cd'.repeat(32)),
      /holds answers of another study \(cdcd/,
    ],
    ['no start', (text: string) => text.slice(text.indexOf('\n') + 1), /"passed" before the start/],
    [
      'an answer from nowhere',
      (text: string) => text.replace('"response":0', '"response":-1'),
      /which is not what Tessera wrote/,
    ],
  ])('refuses %s, and says which file it is', async (_, damage, message) => {
    await takePart(1, 9);
    await writeFile(fileOf(1), damage(await readFile(fileOf(1), 'utf8')));
    const error = await loadStudyData(place).catch((cause: unknown) => cause as Error);
    expect(error).toMatchObject({ code: 'bad-project' });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(fileOf(1));
  });

  it('keeps what is there when the disk is full, and says so', async () => {
    const full = { ...memoryStorage(), append: () => Promise.reject(new Error('the disk is full')) };
    const there: StudyPlace = { ...place, storage: full };
    await addParticipantEvents(there, 1, [startOf(1)]);
    await expect(addParticipantEvents(there, 1, [{ event: 'passed', step: 0 }])).rejects.toThrow(
      'the disk is full',
    );
    expect((await loadParticipant(there, 1))!.lastStep).toBe(-1);
  });

  it('has no data where nobody has begun', async () => {
    expect(await loadStudyData(place)).toEqual({ study: SHA, participants: [], trials: [] });
    await expect(addParticipantEvents(place, 4, [{ event: 'passed', step: 0 }])).rejects.toThrow(
      'study: participant 4 has not begun.',
    );
  });
});
