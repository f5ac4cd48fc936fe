import { mkdir, mkdtemp, readFile, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStorage } from '../../../core/runtime/storage.ts';
import type { StudyKey } from '../../../main/api/contract.ts';
import { studyJobs } from '../../../main/compute/jobs/study-jobs.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { browserDesktop, type Desktop, type Kiosk } from '../../../main/services/desktop.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { createLog } from '../../../main/services/log.ts';
import { createStudies, type Studies } from '../../../main/services/studies.ts';
import { freezeExample, projectWithRun } from '../../core/project/study-project.ts';
import { exampleIntruder } from '../../core/study/example-study.ts';
import { Participant } from '../study-host/host-client.ts';

let folder: string;
let projectFolder: string;
let studies: Studies;
let kiosks: Kiosk[];
let changed: StudyKey[];
const KEY = { project: 'key', study: 'study1' };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-studies-'));
  const project = await projectWithRun(folder);
  projectFolder = project.folder;
  await freezeExample(project, await exampleIntruder({ count: 2 }));
  await mkdir(path.join(folder, 'page'));
  await writeFile(path.join(folder, 'page/index.html'), '<html>the page</html>');
  kiosks = [];
  changed = [];
  studies = create('desktop');
});
afterEach(async () => {
  studies.close();
  await studies.stopStudy(KEY);
  await rm(folder, { recursive: true, force: true });
});

function create(host: Desktop['host']): Studies {
  const events = createEventHub();
  events.subscribe((name, payload) => {
    if (name === 'study') changed.push(payload as StudyKey);
  });
  const jobs = studyJobs(createNodeEnvironment());
  type Run = Parameters<typeof createStudies>[0]['viewer']['run'];
  const run = ((name: keyof typeof jobs, question: never) =>
    jobs[name](question, undefined as never)) as unknown as Run;
  return createStudies({
    storage: fileStorage,
    results: { projectOf: () => Promise.resolve({ folder: projectFolder, key: 'key' }) },
    viewer: { run },
    events,
    log: createLog(events),
    desktop: { ...browserDesktop, host, openKiosk: (kiosk) => Promise.resolve(void kiosks.push(kiosk)) },
    studyPage: path.join(folder, 'page'),
  });
}

/** Answers all as the participant of a link. */
async function takePart(link: string): Promise<void> {
  const one = new Participant(link);
  await one.join();
  let view = await one.view();
  while (view.step.kind !== 'thanks') view = await one.advance(view);
}

describe('studies of the workbench', () => {
  it('lists a study with how many have begun, and why one is void or damaged', async () => {
    const { participants } = await studies.serveStudy({ ...KEY, participants: 2 });
    await takePart(participants[0].link!);
    expect(await studies.listStudies({ project: 'key' })).toMatchObject([
      {
        ...KEY,
        kind: 'intruder',
        planned: 3,
        voidBecause: [],
        counts: { begun: 1, finished: 1, withdrawn: 0 },
      },
    ]);
    const pictures = path.join(projectFolder, 'studies/study1/pictures');
    await unlink(path.join(pictures, (await readdir(pictures))[0]));
    const [listed] = await studies.listStudies({ project: 'key' });
    expect(listed).toMatchObject({
      voidBecause: [expect.stringContaining('1 picture of the study is gone')],
    });
    await writeFile(path.join(projectFolder, 'studies/study1/study.json'), '{');
    expect(await studies.listStudies({ project: 'key' })).toEqual([
      { ...KEY, problem: expect.stringContaining('is not JSON') as string },
    ]);
  });

  it('serves no study that is void', async () => {
    const pictures = path.join(projectFolder, 'studies/study1/pictures');
    await unlink(path.join(pictures, (await readdir(pictures))[0]));
    await expect(studies.serveStudy({ ...KEY, participants: 1 })).rejects.toMatchObject({
      code: 'bad-project',
    });
    await expect(studies.startKiosk(KEY)).rejects.toThrow(/study1 is void/);
    expect(await studies.getServedStudy(KEY)).toBeNull();
  });

  it('adds links to what is served, renews one, and says when a participant has done something', async () => {
    await studies.serveStudy({ ...KEY, participants: 1 });
    const served = await studies.serveStudy({ ...KEY, participants: 2, first: 100 });
    expect(served.participants.map(({ participant }) => participant)).toEqual([1, 100, 101]);
    const [first] = served.participants;
    await takePart(first.link!);
    expect(changed.length).toBeGreaterThan(2);
    expect(changed[0]).toEqual(KEY);
    const now = await studies.getServedStudy(KEY);
    expect(now!.participants[0]).toMatchObject({
      status: 'finished',
      isOpened: true,
      link: null,
      answered: 2,
    });
    const renewed = await studies.renewStudyLink({ ...KEY, participant: 100 });
    const link = renewed.participants[1].link!;
    expect(link).not.toBe(served.participants[1].link);
    expect((await new Participant(served.participants[1].link!).join()).status).toBe(403);
    expect((await new Participant(link).join()).status).toBe(200);
  });

  it('does not move while it is served, and says what is wrong', async () => {
    const { port } = await studies.serveStudy({ ...KEY, participants: 1 });
    await expect(
      studies.serveStudy({ ...KEY, participants: 1, address: '203.0.113.7' }),
    ).rejects.toMatchObject({
      code: 'bad-usage',
      message: `study: it is served already, at 127.0.0.1, port ${port}.`,
    });
    await studies.stopStudy(KEY);
    await expect(studies.serveStudy({ ...KEY, participants: 1, address: '203.0.113.7' })).rejects.toThrow(
      /cannot serve at 203/,
    );
    await expect(studies.renewStudyLink({ ...KEY, participant: 1 })).rejects.toThrow(
      'study: study1 is not served.',
    );
    expect((await studies.serveStudy({ ...KEY, participants: 1 })).port).toBe(port);
  });

  it('deletes what a participant answered, whether it is served or not', async () => {
    const { participants } = await studies.serveStudy({ ...KEY, participants: 3 });
    await takePart(participants[0].link!);
    await takePart(participants[1].link!);
    const file = (number: number): string =>
      path.join(projectFolder, `studies/study1/participants/00${number}.jsonl`);
    expect(await readFile(file(1), 'utf8')).toContain('"answered"');
    const served = await studies.withdrawParticipant({ ...KEY, participant: 1 });
    expect(served!.participants[0]).toMatchObject({ status: 'withdrawn', answered: 0 });
    expect(await readFile(file(1), 'utf8')).not.toContain('"answered"');
    const nothing = { code: 'unknown-name', hint: 'Those who have: 1, 2.' };
    await expect(studies.withdrawParticipant({ ...KEY, participant: 3 })).rejects.toMatchObject(nothing);
    await studies.stopStudy(KEY);
    await expect(studies.withdrawParticipant({ ...KEY, participant: 3 })).rejects.toMatchObject(nothing);
    changed = [];
    expect(await studies.withdrawParticipant({ ...KEY, participant: 2 })).toBeNull();
    expect(await readFile(file(2), 'utf8')).not.toContain('"answered"');
    expect(changed).toEqual([KEY]);
    const [listed] = await studies.listStudies({ project: 'key' });
    expect(listed).toMatchObject({ counts: { begun: 0, finished: 0, withdrawn: 2 } });
  });

  it('leads the kiosk from one participant to the next, and keeps links open when it ends', async () => {
    expect(await studies.startKiosk(KEY)).toMatchObject({ participant: 1 });
    expect(await studies.getServedStudy(KEY)).toBeNull();
    await expect(studies.startKiosk(KEY)).rejects.toThrow('study: the kiosk is open already.');
    const [kiosk] = kiosks;
    expect(await kiosk.next()).toBeNull();
    await takePart(kiosk.link);
    const second = await kiosk.next();
    expect(new URL(second!).pathname).toBe('/p/2/');
    const { port } = await studies.serveStudy({ ...KEY, participants: 4 });
    kiosk.onEnd();
    expect(await studies.startKiosk({ ...KEY, participant: 200 })).toMatchObject({ participant: 200 });
    await takePart(kiosks[1].link);
    expect(new URL((await kiosks[1].next())!).pathname).toBe('/p/201/');
    await studies.stopStudy(KEY);
    // The kiosk still needs it.
    expect((await fetch(`http://127.0.0.1:${port}/p/1/`)).status).toBe(200);
    kiosks[1].onEnd();
    await studies.stopStudy(KEY);
    await expect(fetch(`http://127.0.0.1:${port}/p/1/`)).rejects.toThrow();
  });

  it('has no kiosk in a browser', async () => {
    studies = create('browser');
    await expect(studies.startKiosk(KEY)).rejects.toMatchObject({
      code: 'bad-usage',
      message: 'study: a browser has no kiosk.',
    });
    expect(kiosks).toEqual([]);
  });
});
