import { describe, expect, it } from 'vitest';
import type { ImageDetail, RunKey } from '../../../main/api/contract.ts';
import type { JobOptions } from '../../../main/compute/client.ts';
import { resultHandlers } from '../../../main/services/handlers/results.ts';
import type { Services } from '../../../main/services/handlers/services.ts';
import { createPageTasks } from '../../../main/services/page-tasks.ts';

/** A task that ends when it is given up. */
const untilStopped = (signal: AbortSignal) =>
  new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('stopped')));

describe('createPageTasks()', () => {
  it('gives up what a page asked for before, and nothing of another page', async () => {
    const tasks = createPageTasks();
    const signals: AbortSignal[] = [];
    const ask = (page: string) =>
      tasks.runLatest(page, (signal) => {
        signals.push(signal);
        return untilStopped(signal);
      });
    const first = ask('one');
    void ask('two');
    void ask('one');
    expect(await first).toBe('stopped');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, false]);
    tasks.stop('one');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, true]);
    tasks.stop('three');
    tasks.stop(undefined);
    expect(signals[1].aborted).toBe(false);
  });

  it('stops all that a page waits for', async () => {
    const tasks = createPageTasks();
    const both = [tasks.run('one', untilStopped), tasks.run('one', untilStopped)];
    tasks.stop('one');
    expect(await Promise.all(both)).toEqual(['stopped', 'stopped']);
  });
});

describe('maps that two pages wait for', () => {
  it('are both drawn; of one page only the latest', async () => {
    const asked: { image: number; signal: AbortSignal | undefined; answer: (detail: ImageDetail) => void }[] =
      [];
    const viewer = {
      run: (_: string, { image }: { image: number }, { signal }: JobOptions) =>
        new Promise<ImageDetail>((answer) => asked.push({ image, signal, answer })),
    };
    const results = {
      questionOf: (run: RunKey) => Promise.resolve({ folder: '/p', key: 'k', runId: run.runId }),
    };
    const { getImage } = resultHandlers({ viewer, results } as unknown as Services);
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
