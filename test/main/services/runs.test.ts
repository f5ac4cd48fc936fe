import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { ComputeClient } from '../../../main/compute/client.ts';
import type { ExplainQuestion } from '../../../main/compute/protocol.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { createLog } from '../../../main/services/log.ts';
import type { Projects } from '../../../main/services/projects.ts';
import { RunService } from '../../../main/services/runs.ts';
import { FakeChild } from '../compute/fake-child.ts';

const QUESTION: ExplainQuestion = {
  folder: '/nowhere',
  command: 'explain',
  options: resolveOptions({
    model: '/model.onnx',
    images: ['/images'],
    class: '2',
    maps: ['occlusion', 'rise'],
  }),
};
/** Long enough for a small file to be written, were it wrongly written. */
const WRITE_MS = 100;

describe('RunService', () => {
  let state: string;
  beforeEach(() => void (state = mkdtempSync(path.join(tmpdir(), 'tessera-runs-'))));
  afterEach(() => rmSync(state, { recursive: true }));

  function service(): { readonly runs: RunService; readonly child: FakeChild } {
    const events = createEventHub();
    const child = new FakeChild();
    const runs = new RunService({
      storage: fileStorage,
      state,
      cache: path.join(state, 'cache'),
      projects: { open: (folder: string) => Promise.resolve({ key: `key of ${folder}` }) } as Projects,
      runner: new ComputeClient({ spawn: () => child, concurrency: 1 }),
      events,
      log: createLog(events),
      onChange: () => Promise.resolve(),
    });
    return { runs, child };
  }

  /** What the program finds when it is started again. */
  const recalled = (): Promise<string | undefined> => service().runs.recall();

  async function underWay(): Promise<ReturnType<typeof service>> {
    const made = service();
    await made.runs.start([{ question: QUESTION, className: 'house' }]);
    made.child.say({ type: 'ready' });
    return made;
  }

  it('keeps a run that was under way when the program ended', async () => {
    const { runs, child } = await underWay();
    runs.close();
    expect(child.isKilled).toBe(true);
    await setTimeout(WRITE_MS);
    expect(await recalled()).toBe('/nowhere');
    expect(runs.state?.status).toBe('paused');
  });

  it('keeps a paused run', async () => {
    const { runs, child } = await underWay();
    const pausing = runs.pause();
    child.say({ type: 'failed', id: 1, error: { name: '', code: 'cancelled', message: '' } });
    await pausing;
    runs.close();
    await setTimeout(WRITE_MS);
    expect(await recalled()).toBe('/nowhere');
  });

  it('forgets a run that is being cancelled when the program ends', async () => {
    const { runs } = await underWay();
    void runs.cancel();
    runs.close();
    await expect.poll(recalled).toBeUndefined();
  });

  const keep = (options: object): void =>
    writeFileSync(
      path.join(state, 'unfinished-run.json'),
      JSON.stringify({ folder: '/nowhere', className: 'house', command: 'explain', options }),
    );

  it('takes up the options of a run that version 0.1 left, with the usual values of what it did not store', async () => {
    const { maps, evaluate, parts, craft, ...rest } = QUESTION.options;
    expect({ maps, evaluate, parts, craft }).toEqual({
      maps: ['occlusion', 'rise'],
      evaluate: 'quick',
      parts: 4,
      craft: false,
    });
    keep(rest);
    const { runs, child } = service();
    expect(await runs.recall()).toBe('/nowhere');
    await runs.resume();
    child.say({ type: 'ready' });
    const options = { ...QUESTION.options, maps: ['gated-gradient'] };
    expect(child.jobs).toMatchObject([{ name: 'explain', question: { folder: '/nowhere', options } }]);
  });

  it('starts without a run whose options are damaged', async () => {
    keep({ ...QUESTION.options, samples: 'many' });
    expect(await recalled()).toBeUndefined();
  });

  it('forgets a run that has ended', async () => {
    const { runs, child } = await underWay();
    child.say({ type: 'done', id: 1, answer: { runId: 'run1', resumed: false, stages: ['mistakes'] } });
    await expect.poll(() => runs.state?.status).toBe('done');
    expect(runs.state!.stages.map(({ stage, status }) => [stage, status])).toEqual([['mistakes', 'done']]);
    expect(runs.state).toMatchObject({ folder: '/nowhere', project: 'key of /nowhere', runId: 'run1' });
    await expect.poll(recalled).toBeUndefined();
  });

  it('explains one class after the other, also after one that failed or was cancelled and taken up again', async () => {
    const { runs, child } = service();
    const asked = ['barn', 'house', 'car', 'tree'].map((className) => ({ question: QUESTION, className }));
    await runs.start(asked);
    child.say({ type: 'ready' });
    expect(runs.state).toMatchObject({ className: 'barn', next: 3 });
    child.say({ type: 'done', id: 1, answer: { runId: 'run1', resumed: false, stages: [] } });
    await expect.poll(() => runs.state?.className).toBe('house');
    child.say({ type: 'failed', id: 2, error: { name: '', code: 'no-images', message: 'None.' } });
    await expect.poll(() => runs.state?.className).toBe('car');
    expect(runs.state).toMatchObject({ status: 'running', next: 1 });
    const pausing = runs.pause();
    child.say({ type: 'failed', id: 3, error: { name: '', code: 'cancelled', message: '' } });
    expect(await pausing).toMatchObject({ className: 'car', status: 'paused', next: 1 });
    expect(await runs.cancel()).toMatchObject({ status: 'cancelled', next: 1 });
    expect(child.jobs).toHaveLength(3);
    expect(await runs.resume()).toMatchObject({ className: 'car', status: 'running', next: 1 });
    await expect.poll(() => child.jobs.length).toBe(4);
    child.say({ type: 'done', id: 4, answer: { runId: 'run3', resumed: true, stages: [] } });
    await expect.poll(() => runs.state?.className).toBe('tree');
  });
});
