import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadStudyData, type StudyPlace } from '../../../core/project/participant-files.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { thisProcess } from '../../../core/runtime/this-process.ts';
import { planParticipant } from '../../../core/study/plan-participant.ts';
import type { AskStep } from '../../../core/study/participant-plan.ts';
import type { UtilityItem } from '../../../core/study/study.ts';
import type { ParticipantView } from '../../../main/api/contract.ts';
import { startStudyHost, type StudyHost } from '../../../main/study-host/study-host.ts';
import { asStudy, exampleChoice, exampleIntruder, exampleUtility } from '../../core/study/example-study.ts';
import { ask, Participant } from './host-client.ts';

const example = await exampleUtility({ conditions: ['control', 'concept-maps'], sessions: 2 });
const study = asStudy(example);
const [intruders, choices] = [await exampleIntruder(), await exampleChoice()];
const SHA = 'ab'.repeat(32);
let folder: string;
let place: StudyPlace;
let host: StudyHost;
const hosts: StudyHost[] = [];

const start = async (more: Partial<Parameters<typeof startStudyHost>[0]> = {}): Promise<StudyHost> => {
  const page = path.join(folder, 'page');
  const started = await startStudyHost({ study, place, self: thisProcess, page, ...more });
  hosts.push(started);
  return started;
};
const close = async (one: StudyHost): Promise<void> => {
  hosts.splice(hosts.indexOf(one), 1);
  await one.close();
};
const participant = async (number: number): Promise<Participant> => {
  const links = await host.issue([number]);
  const one = new Participant(links.get(number)!);
  await one.join();
  return one;
};
/** Takes a participant on until a step is of a kind. */
const until = async (
  one: Participant,
  isThere: (view: ParticipantView) => boolean,
): Promise<ParticipantView> => {
  let view = await one.view();
  while (!isThere(view)) view = await one.advance(view, rightPlace(view));
  return view;
};
const askStepOf = ({ participant: number, at }: ParticipantView): AskStep | undefined => {
  const step = planParticipant(study, number).steps[at];
  return step.kind === 'ask' ? step : undefined;
};
const itemOf = (id: string): UtilityItem =>
  (study.material.items as readonly UtilityItem[]).find((item) => item.id === id)!;
const rightPlace = (view: ParticipantView): number => {
  const step = askStepOf(view);
  return step === undefined ? 0 : itemOf(step.item).answer;
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-study-host-'));
  place = { storage: fileStorage, folder, sha256: SHA };
  await mkdir(path.join(folder, 'page/assets'), { recursive: true });
  await mkdir(path.join(folder, 'pictures'));
  await writeFile(path.join(folder, 'page/index.html'), '<html>the page</html>');
  await writeFile(path.join(folder, 'page/assets/study.js'), 'run()');
  await writeFile(path.join(folder, 'page/secret.json'), '{}');
  for (const [sha256, bytes] of example.pictures)
    await writeFile(path.join(folder, 'pictures', `${sha256}.png`), bytes);
  host = await start();
});
afterEach(async () => {
  for (const one of [...hosts]) await close(one);
  await rm(folder, { recursive: true, force: true });
});

describe('a study’s host', () => {
  it('takes a participant from consent to thanks, and keeps every answer', async () => {
    const one = await participant(1);
    expect((await one.view()).step).toEqual({ kind: 'consent', text: study.consent });
    const view = await until(one, ({ step }) => step.kind === 'thanks');
    expect(view.progress.done).toBe(view.progress.of);
    const { participants, trials } = await loadStudyData(place);
    const { condition, steps } = planParticipant(study, 1);
    expect(participants).toEqual([{ participant: 1, condition, status: 'finished', isQuizPassed: true }]);
    const asked = steps.filter((step) => step.kind === 'ask' && step.attempt !== 2) as AskStep[];
    expect(trials.map(({ trial, item, kind }) => [trial, item, kind])).toEqual(
      asked.map(({ trial, item, as }) => [trial, item, as]),
    );
    expect(trials.every(({ isCorrect }) => isCorrect === true)).toBe(true);
    expect(trials.every(({ confidence, kind }) => confidence === (kind === 'quiz' ? null : 4))).toBe(true);
    expect(new Set(trials.map(({ kind }) => kind))).toEqual(new Set(['practice', 'quiz', 'test', 'catch']));
    // Once more from the disk.
    await close(host);
    host = await start();
    expect((await one.view()).step.kind).toBe('thanks');
  });

  it('never sends what would be right before it was answered', async () => {
    const one = await participant(2);
    const seen: string[] = [];
    let view = await one.view();
    while (view.step.kind !== 'thanks') {
      const step = askStepOf(view);
      if (step !== undefined && view.step.kind === 'ask') {
        const { question, ...others } = view.step;
        const { learnt, ...bare } = question as typeof question & { learnt: readonly unknown[] };
        const learntAnswers = JSON.stringify(learnt);
        // Of what is asked: a picture, both answers in the order of the study, and nothing else.
        expect(Object.keys(bare).sort()).toEqual(['answers', 'kind', 'legend', 'picture']);
        expect(Object.keys(others).sort()).toEqual(
          ['asksConfidence', 'attempt', 'count', 'kind', 'part', 'place', 'session', 'sessions'].sort(),
        );
        expect(['practice', 'quiz', 'test']).toContain(others.part);
        const text = JSON.stringify({ ...view, feedback: null, step: { ...others, question: bare } });
        for (const word of ['catch', 'isCorrect', 'margin', step.item, itemOf(step.item).picture.sha256])
          expect(text).not.toContain(`"${word}"`);
        if (step.as === 'test')
          expect(learntAnswers).not.toContain(question.kind === 'utility' ? question.picture.address : '');
        seen.push(step.as);
      }
      view = await one.advance(view, 0);
    }
    expect(seen).toContain('catch');
    expect(seen.filter((as) => as === 'quiz')).toHaveLength(8);
    const { participants } = await loadStudyData(place);
    expect(participants[0].isQuizPassed).toBe(false);
  });

  it('tells after a practice answer what the model says, and how the quiz went', async () => {
    const one = await participant(1);
    let view = await until(one, ({ step }) => step.kind === 'ask');
    const [right, wrong] = [rightPlace(view), 1 - rightPlace(view)];
    const name = ['house', 'ship'][right];
    view = await one.advance(view, wrong);
    expect(view.feedback).toEqual({ isCorrect: false, answer: name, quiz: null });
    let feedback = view.feedback;
    const told: unknown[] = [];
    while (view.step.kind === 'ask' && view.step.session === 0) {
      view = await one.advance(view, rightPlace(view));
      ({ feedback } = view);
      told.push(feedback?.quiz);
    }
    expect(told).toEqual([null, null, null, null, 'passed']);
    expect(view.step).toMatchObject({ kind: 'learn', session: 1 });
    view = await until(one, ({ step }) => step.kind === 'ask');
    expect((await one.advance(view)).feedback).toBeNull();
  });

  it('keeps the first of two answers to a question, also when both come at once', async () => {
    const one = await participant(1);
    const view = await until(one, ({ step }) => step.kind === 'ask' && step.part === 'test');
    const answer = { kind: 'answer', at: view.at, confidence: 2, milliseconds: 800 } as const;
    const views = await Promise.all([0, 1, 1, 0].map((at) => one.act({ ...answer, place: at })));
    expect(new Set(views.map(({ at }) => at))).toEqual(new Set([view.at + 1]));
    await one.act({ ...answer, place: 1, confidence: 5 });
    const { trials } = await loadStudyData(place);
    const given = trials.filter(({ trial }) => trial === askStepOf(view)!.trial);
    expect(given).toHaveLength(1);
    expect(given[0]).toMatchObject({ response: 0, confidence: 2 });
  });

  it('goes on where it was after the host was started again, at the same address, with the same links', async () => {
    const one = await participant(1);
    const unused = new Participant((await host.issue([2])).get(2)!);
    const view = await until(one, ({ step }) => step.kind === 'ask' && step.part === 'test');
    const { port } = host;
    await close(host);
    host = await start();
    expect(host.port).toBe(port);
    expect(await one.view()).toEqual(view);
    expect((await unused.join()).status).toBe(200);
    expect((await unused.view()).step.kind).toBe('consent');
    expect(await readFile(path.join(folder, 'links.json'), 'utf8')).not.toContain(unused.token);
  });

  it('lets two participants answer at once, each their own', async () => {
    const both = [await participant(1), await participant(2)];
    await Promise.all(both.map((one) => until(one, ({ step }) => step.kind === 'thanks')));
    const { participants, trials } = await loadStudyData(place);
    expect(participants.map(({ status }) => status)).toEqual(['finished', 'finished']);
    for (const number of [1, 2])
      expect(trials.filter((trial) => trial.participant === number)).toHaveLength(
        planParticipant(study, number).steps.filter(({ kind }) => kind === 'ask').length - 4,
      );
  });

  it('deletes the answers of who withdraws at once, and lets nobody go on for them', async () => {
    const one = await participant(1);
    const view = await until(one, ({ step }) => step.kind === 'ask' && step.part === 'test');
    expect((await one.act({ kind: 'withdraw' })).step).toEqual({ kind: 'withdrawn' });
    expect(await loadStudyData(place)).toMatchObject({ participants: [{ status: 'withdrawn' }], trials: [] });
    for (const action of [{ kind: 'go-on', at: view.at }, { kind: 'agree' }] as const)
      expect((await one.act(action)).step).toEqual({ kind: 'withdrawn' });
    expect((await loadStudyData(place)).trials).toEqual([]);
  });

  it('keeps nothing of who does not agree', async () => {
    const one = await participant(3);
    expect((await one.act({ kind: 'decline' })).step).toEqual({ kind: 'withdrawn' });
    expect((await loadStudyData(place)).trials).toEqual([]);
  });

  it('says how far everybody is, and that something has changed', async () => {
    const changes: number[] = [];
    const end = host.onChange((number) => changes.push(number));
    const one = await participant(1);
    await host.issue([2, 3]);
    await until(one, ({ step }) => step.kind === 'ask' && step.part === 'quiz');
    const questions = planParticipant(study, 1).steps.filter(({ kind }) => kind === 'ask').length;
    expect(await host.progress()).toEqual([
      { participant: 1, isOpened: true, status: 'started', answered: 2, questions },
      { participant: 2, isOpened: false, status: 'waiting', answered: 0, questions },
      { participant: 3, isOpened: false, status: 'waiting', answered: 0, questions },
    ]);
    expect(changes.length).toBeGreaterThan(5);
    expect(new Set(changes)).toEqual(new Set([1]));
    expect(await host.nextParticipant(1)).toBe(2);
    expect(await host.nextParticipant(100)).toBe(100);
    end();
  });

  it.each([
    ['intruder', intruders, 4],
    ['choice', choices, 0],
  ] as const)('asks a study of kind %s in the order of the plan', async (kind, other, meant) => {
    await close(host);
    const another = asStudy(other);
    host = await start({ study: another });
    const one = await participant(2);
    let view = await until(one, ({ step }) => step.kind === 'ask');
    while (view.step.kind !== 'thanks') {
      const step = planParticipant(another, 2).steps[view.at];
      view = await one.advance(view, step.kind === 'ask' ? step.order!.indexOf(meant) : 0);
    }
    const { trials } = await loadStudyData(place);
    expect(trials).toHaveLength(another.material.items.length);
    expect(trials.every(({ response }) => response === meant)).toBe(true);
    expect(trials.every(({ isCorrect }) => isCorrect === (kind === 'choice' ? null : true))).toBe(true);
    expect(trials.every(({ confidence }) => confidence === (kind === 'choice' ? null : 4))).toBe(true);
    expect(trials.every(({ concept }) => concept !== null)).toBe(true);
  });
});

describe('who may ask a study’s host', () => {
  it('a link works once, and again for its own browser', async () => {
    const link = (await host.issue([1])).get(1)!;
    const [first, second] = [new Participant(link), new Participant(link)];
    expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${host.port}/p/1/#[\\w-]{32}$`));
    const { headers } = await first.join();
    expect(headers['set-cookie']![0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/p\/1\/; Max-Age=\d+$/);
    // The reply may have been lost: until the browser has come back, the link is still good.
    expect((await first.join()).status).toBe(200);
    await first.view();
    expect((await second.join()).status).toBe(403);
    expect((await first.join()).status).toBe(200);
    expect((await first.view()).participant).toBe(1);
  });

  it('a link that is given out again takes the place of the browser, and the answers stay', async () => {
    const one = await participant(1);
    const view = await until(one, ({ step }) => step.kind === 'ask');
    const again = new Participant((await host.issue([1])).get(1)!);
    expect((await one.view()).at).toBe(view.at);
    await again.join();
    expect(await again.view()).toEqual(view);
    expect((await one.get('view')).status).toBe(403);
    expect((await one.join()).status).toBe(403);
  });

  it('what opens one participant opens nothing of another', async () => {
    const [one, two] = [await participant(1), await participant(2)];
    const view = await until(two, ({ step }) => step.kind === 'learn');
    const picture = view.step.kind === 'learn' ? view.step.learnt.picture.address : '';
    expect((await two.get(picture)).status).toBe(200);
    const stranger = new Participant(`http://127.0.0.1:${host.port}/p/2/#${one.token}`);
    stranger.cookie = one.cookie;
    expect((await stranger.join()).status).toBe(403);
    for (const rest of ['view', picture]) expect((await stranger.get(rest)).status).toBe(403);
    expect((await stranger.post('act', { kind: 'withdraw' })).status).toBe(403);
    expect((await one.get(picture)).status).toBe(404);
    expect((await two.view()).at).toBe(view.at);
  });

  it('a picture is there from the step before the one that shows it', async () => {
    const one = await participant(1);
    let view = await one.view();
    const late = planParticipant(study, 1).steps.length - 2;
    const addresses = new Set<string>();
    while (view.at < late) {
      for (const address of view.preload) expect((await one.get(address)).status).toBe(200);
      view = await one.advance(view, rightPlace(view));
      if (view.step.kind === 'ask' && view.step.question.kind === 'utility')
        addresses.add(view.step.question.picture.address);
    }
    const other = await participant(2);
    // Under the names that they have for another participant, and too early.
    for (const address of addresses) expect((await other.get(address)).status).toBe(404);
    await until(other, ({ step }) => step.kind === 'instructions');
    expect((await other.get(`pictures/${'0'.repeat(32)}`)).status).toBe(404);
  });

  it('nobody without a link, from another page, or by another name', async () => {
    const one = await participant(1);
    const { port } = host;
    const origin = `http://127.0.0.1:${port}`;
    const own = { cookie: one.cookie };
    const act = JSON.stringify({ kind: 'agree' });
    const status = async (...asked: Parameters<typeof ask>): Promise<number> => (await ask(...asked)).status;
    expect(await status(port, 'GET', '/p/1/view')).toBe(403);
    expect(await status(port, 'GET', '/p/1/view', own)).toBe(200);
    expect(await status(port, 'GET', '/p/1/view', { ...own, host: `evil.example:${port}` })).toBe(403);
    expect(await status(port, 'GET', '/p/1/', { host: `evil.example:${port}` })).toBe(403);
    expect(await status(port, 'GET', '/p/1/view', { ...own, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await status(port, 'POST', '/p/1/act', own, act)).toBe(403);
    expect(await status(port, 'POST', '/p/1/act', { ...own, origin: 'http://evil.example' }, act)).toBe(403);
    expect(await status(port, 'POST', '/p/1/act', { origin }, act)).toBe(403);
    expect(await status(port, 'DELETE', '/p/1/act', { ...own, origin })).toBe(405);
    expect((await one.view()).step.kind).toBe('consent');
    // The page itself may be opened from a letter.
    expect(await status(port, 'GET', '/p/1/', { 'sec-fetch-site': 'cross-site' })).toBe(200);
    for (const place of [
      '/p/0/',
      '/p/01/',
      '/p/x/',
      '/p/1',
      '/p/1/nothing',
      '//',
      '/assets/../secret.json',
      '/secret.json',
      '/assets/%2e%2e/secret.json',
      '/assets/none.js',
      '/links.json',
    ])
      expect([place, await status(port, 'GET', place, own)]).toEqual([place, place === '//' ? 400 : 404]);
    expect((await ask(port, 'GET', '/assets/study.js')).text).toBe('run()');
    expect((await ask(port, 'GET', '/')).text).toBe('Please ask the researcher for the link that is yours.');
  });

  it('takes nothing that is not what a page sends, whichever field is wrong', async () => {
    const one = await participant(1);
    const view = await until(one, ({ step }) => step.kind === 'ask' && step.part === 'test');
    const good = { kind: 'answer', at: view.at, place: 0, confidence: 3, milliseconds: 900 };
    const bad: readonly unknown[] = [
      ...['', 'null', '[]', '{', '"x"', '{"kind":"answer"}'],
      ...[{ kind: 'answers' }, { kind: 'go-on' }, { kind: 'agree', at: 1 }, { ...good, more: 1 }],
      ...[-1, 0.5, '0', null, 1e9, NaN].map((at) => ({ ...good, at })),
      ...[-1, 0.5, '1', null, 1e6].map((at) => ({ ...good, place: at })),
      ...[0, 6, 2.5, '3', true].map((confidence) => ({ ...good, confidence })),
      ...[-1, 1.5, '1', null, 1e12].map((milliseconds) => ({ ...good, milliseconds })),
      ...Object.keys(good).map((field) => ({ ...good, [field]: undefined })),
    ];
    for (const body of bad) expect([body, (await one.post('act', body)).status]).toEqual([body, 400]);
    const refused: readonly [unknown, RegExp][] = [
      [{ ...good, place: 2 }, /2 answers were offered; got the one at 2/],
      [{ ...good, confidence: null }, /was asked and not told/],
      [{ ...good, at: view.at + 1 }, /is not the one to be done now/],
      [{ kind: 'go-on', at: view.at }, /has to be answered first/],
    ];
    for (const [body, message] of refused) {
      const { status, text } = await one.post('act', body);
      expect(status).toBe(200);
      expect(text).toMatch(/"ok":false.*"code":"bad-usage"/);
      expect(text).toMatch(message);
    }
    expect((await one.post('act', 'x'.repeat(5000))).status).toBe(413);
    for (const body of [{}, { token: '' }, { token: 1 }, { token: 'x'.repeat(65) }, { token: 'x', more: 1 }])
      expect((await one.post('join', body)).status).toBe(400);
    expect((await one.join('x'.repeat(32))).status).toBe(200);
    expect(await one.view()).toEqual(view);
    expect((await one.act(good as Parameters<Participant['act']>[0])).at).toBe(view.at + 1);
  });

  it('two hosts of one study: the second is refused, and told who serves', async () => {
    const other = { ...thisProcess, pid: process.ppid };
    await expect(start({ self: other })).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringContaining(`another Tessera serves this study (process ${process.pid}`) as string,
    });
  });

  it('a port that is in use, and an address that is none of this machine, are refused in words', async () => {
    await expect(startAnew({ port: host.port })).rejects.toThrow(
      `study: port ${host.port} of 127.0.0.1 is in use.`,
    );
    await expect(startAnew({ address: '203.0.113.7' })).rejects.toThrow(
      /^study: cannot serve at 203\.0\.113\.7/,
    );
    for (const address of ['0.0.0.0', '::', 'a b', ''])
      await expect(startAnew({ address })).rejects.toThrow(
        `study: "${address}" is not one address of this machine.`,
      );
  });

  /** In another folder, which nobody serves. */
  async function startAnew(more: { readonly port?: number; readonly address?: string }): Promise<StudyHost> {
    const another = path.join(folder, 'another');
    await mkdir(another, { recursive: true });
    return start({ place: { ...place, folder: another }, ...more });
  }

  const own = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  it.skipIf(own === undefined)(
    'answers to the chosen address of a network, and to no other name',
    async () => {
      const there = await startAnew({ address: own! });
      const link = (await there.issue([1])).get(1)!;
      expect(new URL(link).host).toBe(`${own}:${there.port}`);
      const answer = await fetch(link.replace(/#.*/, ''));
      expect(answer.status).toBe(200);
      const foreign = await fetch(`http://${own}:${there.port}/p/1/join`, {
        method: 'POST',
        body: '{}',
        headers: { origin: `http://127.0.0.1:${there.port}` },
      });
      expect(foreign.status).toBe(403);
    },
  );
});
