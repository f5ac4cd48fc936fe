import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ComputeState } from '../../../main/api/contract.ts';
import { ComputeClient } from '../../../main/compute/client.ts';
import { FakeChild } from './fake-child.ts';

const ASKED = { device: 'cpu' } as const;
const BACK_OFF_MS = [100, 400];

function started(options: { concurrency?: number; longAtOnce?: number; silenceMs?: number } = {}) {
  const children: FakeChild[] = [];
  const states: ComputeState[] = [];
  const client = new ComputeClient({
    spawn: () => {
      children.push(new FakeChild());
      return children.at(-1)!;
    },
    concurrency: 1,
    backOffMs: BACK_OFF_MS,
    onState: (state) => states.push(state),
    ...options,
  });
  return { client, children, states };
}

const finish = (child: FakeChild, id: number): void =>
  child.say({ type: 'done', id, answer: { works: true } });

describe('ComputeClient', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('starts a process when there is something to do, and gives it one job after the other', async () => {
    const { client, children } = started();
    expect(children).toHaveLength(0);
    const first = client.run('tryDevice', ASKED);
    const second = client.run('tryDevice', ASKED);
    const [child] = children;
    expect(child.jobs).toHaveLength(0);
    child.say({ type: 'ready' });
    expect(child.jobs.map(({ id }) => id)).toEqual([1]);
    finish(child, 1);
    expect(child.jobs.map(({ id }) => id)).toEqual([1, 2]);
    finish(child, 2);
    await expect(Promise.all([first, second])).resolves.toEqual([{ works: true }, { works: true }]);
    expect(children).toHaveLength(1);
  });

  it('begins a job again in a new process after a crash, with growing pauses', async () => {
    const { client, children, states } = started();
    const onRestart = vi.fn();
    const job = client.run('tryDevice', ASKED, { onRestart });
    for (const [crash, pause] of BACK_OFF_MS.entries()) {
      children[crash].say({ type: 'ready' });
      children[crash].die('SIGSEGV');
      expect(client.state).toMatchObject({ status: 'restarting', retryInSeconds: pause / 1000 });
      vi.advanceTimersByTime(pause - 1);
      expect(children).toHaveLength(crash + 1);
      vi.advanceTimersByTime(1);
      expect(children).toHaveLength(crash + 2);
    }
    children[2].say({ type: 'ready' });
    finish(children[2], 1);
    await expect(job).resolves.toEqual({ works: true });
    expect(onRestart).toHaveBeenCalledTimes(2);
    expect(states.at(-1)).toMatchObject({ status: 'ready', crashes: 0 });
  });

  it('gives up a job that was under way at three deaths, and serves the next', async () => {
    const { client, children } = started();
    const job = client.run('tryDevice', ASKED);
    const lost = expect(job).rejects.toMatchObject({ error: { code: 'compute-lost' } });
    for (let crash = 0; crash < 3; crash++) {
      children[crash].say({ type: 'ready' });
      children[crash].die('SIGABRT');
      vi.advanceTimersByTime(400);
    }
    await lost;
    const next = client.run('tryDevice', ASKED);
    children.at(-1)!.say({ type: 'ready' });
    finish(children.at(-1)!, 2);
    await expect(next).resolves.toEqual({ works: true });
  });

  it('kills a process that hangs, and leaves one alone that answers', () => {
    const { client, children } = started({ silenceMs: 20_000 });
    void client.run('tryDevice', ASKED).catch(() => undefined);
    const [child] = children;
    child.say({ type: 'ready' });
    vi.advanceTimersByTime(15_000);
    expect(child.received.at(-1)).toEqual({ type: 'ping' });
    child.say({ type: 'pong' });
    vi.advanceTimersByTime(15_000);
    expect(child.isKilled).toBe(false);
    vi.advanceTimersByTime(15_000);
    expect(child.isKilled).toBe(true);
    expect(client.state).toMatchObject({ status: 'restarting', reason: 'it did not answer for 30 s' });
  });

  it('cancels in the process what runs there, and at once what waits', async () => {
    const { client, children } = started();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = client.run('tryDevice', ASKED, { signal: running.signal });
    const second = client.run('tryDevice', ASKED, { signal: waiting.signal });
    children[0].say({ type: 'ready' });
    waiting.abort();
    await expect(second).rejects.toMatchObject({ error: { code: 'cancelled' } });
    running.abort();
    expect(children[0].received.at(-1)).toEqual({ type: 'cancel', id: 1 });
    children[0].say({ type: 'failed', id: 1, error: { name: 'AbortError', code: 'cancelled', message: '' } });
    await expect(first).rejects.toMatchObject({ error: { code: 'cancelled' } });
  });

  it('tells what waits what is ahead of it, and leaves room beside long work', () => {
    const { client, children } = started({ concurrency: 2, longAtOnce: 1 });
    const told: string[] = [];
    const ask = (name: 'probeDevices' | 'tryDevice', label: string, isLong: boolean) =>
      void client.run(name, ASKED, {
        isLong,
        onWait: (ahead) => void told.push(`${label}: ${ahead.join(', ')}`),
      });
    ask('probeDevices', 'one', true);
    ask('tryDevice', 'two', true);
    ask('tryDevice', 'three', false);
    ask('tryDevice', 'four', false);
    children[0].say({ type: 'ready' });
    expect(children[0].jobs.map(({ id }) => id)).toEqual([1, 3]);
    expect(told).toEqual(['two: probeDevices', 'four: tryDevice', 'four: probeDevices, tryDevice']);
    finish(children[0], 1);
    expect(children[0].jobs.map(({ id }) => id)).toEqual([1, 3, 2]);
    expect(told.slice(-2)).toEqual(['two: ', 'four: tryDevice, tryDevice']);
  });

  it('ends its process and its jobs when it is closed', async () => {
    const { client, children } = started();
    const job = client.run('tryDevice', ASKED);
    client.close();
    expect(children[0].isKilled).toBe(true);
    await expect(job).rejects.toMatchObject({ error: { code: 'cancelled' } });
    vi.advanceTimersByTime(60_000);
    expect(children).toHaveLength(1);
  });
});
