import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClassCounts, ModelSummary } from '../../../main/api/contract.ts';
import { ComputeClient } from '../../../main/compute/client.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { createLongJobs } from '../../../main/services/long-jobs.ts';
import { createPredictions } from '../../../main/services/predictions.ts';
import { emptySetup, type SetupState } from '../../../main/services/setup-state.ts';
import type { Predictions } from '../../../main/compute/protocol.ts';
import { FakeChild } from '../compute/fake-child.ts';

const NAMES = ['barn', 'house'];

/** A setup of so many pictures. */
const setupWith = (count: number, scanKey: string): SetupState => ({
  ...emptySetup('key', 'cpu'),
  folder: '/own.tessera',
  question: { path: '/model.onnx' },
  model: { classNames: NAMES, open: null } as unknown as ModelSummary,
  scan: {
    images: Array.from({ length: count }, (_, i) => ({ path: `/${i}.png`, folder: '', root: '/' })),
    skipped: [],
    otherFiles: 0,
  },
  scanKey,
});

const answers = (from: number, classes: readonly number[]): Predictions => ({
  images: classes.map((_, i) => from + i),
  predicted: classes.map((index) => ({ index, name: NAMES[index], probability: 1 })),
  skipped: [],
});

describe('createPredictions()', () => {
  let child: FakeChild;
  let runner: ComputeClient;
  beforeEach(() => {
    child = new FakeChild();
    runner = new ComputeClient({ spawn: () => child, concurrency: 1 });
  });
  afterEach(() => runner.close());

  function started(first: SetupState) {
    const events = createEventHub();
    const heard: ClassCounts[] = [];
    events.subscribe((name, payload) => name === 'classes' && heard.push(payload as ClassCounts));
    const setup = {
      state: first,
      keepPredictions(of: SetupState, predictions: Predictions) {
        if (of === setup.state) setup.state = { ...of, predictions };
      },
    };
    const predictions = createPredictions({
      setup: setup,
      runner,
      events,
      jobs: createLongJobs(events),
      cache: '/cache',
    });
    const become = (state: SetupState): void => {
      setup.state = state;
      events.emit('setup', null as never);
    };
    return { ask: () => predictions.ask(), become, heard };
  }

  it('asks once, whoever asks, tells the counts as they come, and keeps the answer', async () => {
    const { ask, heard } = started(setupWith(3, 'a'));
    const both = [ask(), ask()];
    child.say({ type: 'ready' });
    expect(child.jobs).toHaveLength(1);
    const [{ id, question }] = child.jobs;
    expect(question).toMatchObject({ cache: '/cache', images: { length: 3 } });
    expect(question).not.toHaveProperty('folder');
    child.say({ type: 'news', id, news: { kind: 'predictions', ...answers(0, [0]) } });
    child.say({ type: 'news', id, news: { kind: 'predictions', ...answers(1, [1]) } });
    expect(heard.map(({ images, of, classes }) => [images, of, classes.map(({ count }) => count)])).toEqual([
      [1, 3, [1]],
      [2, 3, [1, 1]],
    ]);
    child.say({ type: 'done', id, answer: answers(0, [0, 1, 1]) });
    const [one, two] = await Promise.all(both);
    expect(two).toEqual(one);
    expect(one.classes.map(({ name, count }) => [name, count])).toEqual([
      ['house', 2],
      ['barn', 1],
    ]);
    expect(await ask()).toEqual(one);
    expect(child.jobs).toHaveLength(1);
  });

  it('gives up when the set, the model or the preprocessing changes, and tells no more of it', async () => {
    const { ask, become, heard } = started(setupWith(3, 'a'));
    const first = ask();
    child.say({ type: 'ready' });
    const [{ id }] = child.jobs;
    become({ ...setupWith(4, 'b') });
    expect(child.received.at(-1)).toEqual({ type: 'cancel', id });
    child.say({ type: 'news', id, news: { kind: 'predictions', ...answers(0, [0]) } });
    expect(heard).toEqual([]);
    const second = ask();
    const third = ask();
    child.say({ type: 'failed', id, error: { name: 'Cancelled', code: 'cancelled', message: '' } });
    await expect(first).rejects.toMatchObject({ error: { code: 'cancelled' } });
    expect(child.jobs).toHaveLength(2);
    child.say({ type: 'done', id: child.jobs[1].id, answer: answers(0, [0, 0, 0, 0]) });
    expect(await third).toEqual(await second);
    expect((await second).images).toBe(4);
  });

  it('goes on when only options change', async () => {
    const setup = setupWith(1, 'a');
    const { ask, become } = started(setup);
    const first = ask();
    child.say({ type: 'ready' });
    become({ ...setup, options: { ...setup.options, classIndex: 1 } });
    expect(child.received.every(({ type }) => type !== 'cancel')).toBe(true);
    child.say({ type: 'done', id: child.jobs[0].id, answer: answers(0, [1]) });
    expect((await first).classes).toHaveLength(1);
  });

  it('begins its counts anew when its process died', async () => {
    const { ask, heard } = started(setupWith(2, 'a'));
    const answer = ask();
    child.say({ type: 'ready' });
    const { id } = child.jobs[0];
    child.say({ type: 'news', id, news: { kind: 'predictions', ...answers(0, [0]) } });
    runner.restart();
    child.say({ type: 'ready' });
    child.say({ type: 'news', id, news: { kind: 'predictions', ...answers(0, [0]) } });
    child.say({ type: 'done', id, answer: answers(0, [0, 0]) });
    await answer;
    expect(heard.map(({ images }) => images)).toEqual([1, 1]);
  });
});
