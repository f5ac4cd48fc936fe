import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobKind, LongJob, RunKey } from '../../../main/api/contract.ts';
import { ComputeClient, type JobOptions } from '../../../main/compute/client.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { resultHandlers } from '../../../main/services/handlers/results.ts';
import type { Services } from '../../../main/services/handlers/services.ts';
import { createLongJobs, type JobWatch } from '../../../main/services/long-jobs.ts';
import { createReports } from '../../../main/services/reports.ts';
import { FakeChild } from '../compute/fake-child.ts';

/** A task that ends when it is given up. */
const untilStopped = ({ signal }: JobWatch) =>
  new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('stopped')));

function watched() {
  const events = createEventHub();
  const told: (readonly LongJob[])[] = [];
  events.subscribe((name, payload) => {
    if (name === 'jobs') told.push(payload as LongJob[]);
  });
  return { jobs: createLongJobs(events), told };
}

describe('long work', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told of with what it is, how far and what it waits for, until it has ended', async () => {
    const { jobs, told } = watched();
    let watch!: JobWatch;
    let end!: () => void;
    const work = jobs.run({ kind: 'decomposition', subject: 'c0', folder: '/p/bird.tessera' }, (own) => {
      watch = own;
      return new Promise<void>((resolve) => (end = resolve));
    });
    watch.onWait(['explain', 'evaluateRun', 'makePicture']);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(300);
    const job = { kind: 'decomposition', subject: 'c0', folder: '/p/bird.tessera', projectName: 'bird' };
    const waiting = { ...job, waitsFor: ['run', 'evaluation'], progress: null, isStopping: false };
    expect(told.at(-1)).toMatchObject([waiting]);
    expect(jobs.list).toEqual(told.at(-1));
    watch.onWait([]);
    watch.onProgress({ stage: 'rows', done: 3, total: 9 });
    expect(told.at(-1)).toMatchObject([{ waitsFor: [], progress: { done: 3, total: 9 } }]);
    end();
    await work;
    expect(told.at(-1)).toEqual([]);
  });

  it('is not told of where it is over at once', async () => {
    const { jobs, told } = watched();
    await jobs.run({ kind: 'maps', folder: '/p' }, () => Promise.resolve());
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
  });

  it('is given up by its id from any page, and by its kind by the page that asked', async () => {
    const { jobs, told } = watched();
    const ask = (kind: JobKind, page: string) => jobs.run({ kind, folder: '/p', page }, untilStopped);
    const [mine, other] = [ask('maps', 'one'), ask('maps', 'two')];
    const report = ask('report', 'one');
    vi.advanceTimersByTime(300);
    jobs.cancel({ kind: 'maps' }, 'three');
    expect(told.at(-1)!.map(({ isStopping }) => isStopping)).toEqual([false, false, false]);
    jobs.cancel({ kind: 'maps' }, 'one');
    expect(told.at(-1)!.map(({ isStopping }) => isStopping)).toEqual([true, false, false]);
    expect(await mine).toBe('stopped');
    jobs.cancel({ id: told.at(-1)![0].id }, 'three');
    expect(await other).toBe('stopped');
    jobs.cancel({ kind: 'report' }, 'one');
    expect(await report).toBe('stopped');
    expect(told.at(-1)).toEqual([]);
  });

  it('gives way to the latest of its kind and page, and to the end of its project', async () => {
    const { jobs } = watched();
    const ask = (folder: string, page: string) =>
      jobs.run({ kind: 'maps', folder, page, isLatest: true }, untilStopped);
    const first = ask('/p', 'one');
    const other = ask('/q', 'two');
    const second = ask('/p', 'one');
    expect(await first).toBe('stopped');
    jobs.cancelIn('/p');
    expect(await second).toBe('stopped');
    jobs.cancelIn('/q');
    expect(await other).toBe('stopped');
  });

  it('leaves the line of its process at once when it is given up', async () => {
    const { jobs } = watched();
    const child = new FakeChild();
    const runner = new ComputeClient({ spawn: () => child, concurrency: 1 });
    const ask = (kind: JobKind) =>
      jobs.run({ kind, folder: '/p' }, (watch) => runner.run('tryDevice', { device: 'cpu' }, watch));
    void ask('evaluation');
    const waiting = ask('decomposition');
    child.say({ type: 'ready' });
    jobs.cancel({ kind: 'decomposition' });
    await expect(waiting).rejects.toMatchObject({ error: { code: 'cancelled' } });
    expect(child.received.filter(({ type }) => type === 'cancel')).toEqual([]);
    expect(child.jobs).toHaveLength(1);
  });
});

describe('maps that two pages wait for', () => {
  it('are both drawn; of one page only the latest', async () => {
    const asked: { image: number; signal: AbortSignal | undefined }[] = [];
    const viewer = {
      run: (_: string, { image }: { image: number }, { signal }: JobOptions) =>
        new Promise(() => asked.push({ image, signal })),
    };
    const results = {
      questionOf: (run: RunKey) => Promise.resolve({ folder: '/p', key: 'k', runId: run.runId }),
    };
    const { getImage } = resultHandlers({ viewer, results, ...watched() } as unknown as Services);
    const ask = (image: number, page: string) => {
      void getImage({ project: 'k', runId: 'run1', image }, page);
      return new Promise((resolve) => setTimeout(resolve, 0));
    };
    await ask(1, 'one');
    await ask(2, 'two');
    await ask(3, 'one');
    expect(asked.map(({ image, signal }) => [image, signal?.aborted])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ]);
  });
});

describe('saving a report', () => {
  it('waits for no decomposition, evaluation or map, however many are under way', async () => {
    const { jobs } = watched();
    const [compute, views] = [new FakeChild(), new FakeChild()];
    const runner = new ComputeClient({ spawn: () => compute, concurrency: 1 });
    const viewer = new ComputeClient({ spawn: () => views, concurrency: 4, longAtOnce: 2 });
    const question = { folder: '/p', key: 'k', runId: 'run1' };
    void runner.run('decompose', { ...question, concept: 'c0' });
    for (let image = 0; image < 6; image++)
      void viewer.run('readImage', { ...question, image }, { isLong: true });
    compute.say({ type: 'ready' });
    views.say({ type: 'ready' });
    const storage = { makeDirectory: () => Promise.resolve() };
    const desktop = { chooseTarget: () => Promise.resolve(undefined) };
    type Given = Parameters<typeof createReports>;
    const reports = createReports(
      storage as unknown as Given[0],
      '/cache',
      viewer,
      desktop as unknown as Given[3],
      jobs,
    );
    const saved = reports.save(question, { project: 'k', runId: 'run1' });
    await vi.waitFor(() => expect(views.jobs.at(-1)?.name).toBe('writeReport'));
    expect(views.jobs.map(({ name }) => name)).toEqual(['readImage', 'readImage', 'writeReport']);
    views.say({ type: 'done', id: views.jobs.at(-1)!.id, answer: '/cache/documents/report.html' });
    expect((await saved).document).toMatch(/^report-/);
  });
});
