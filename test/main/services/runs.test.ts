import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { ComputeClient } from '../../../main/compute/client.ts';
import type { ExplainQuestion } from '../../../main/compute/protocol.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { createLog } from '../../../main/services/log.ts';
import type { Projects } from '../../../main/services/projects.ts';
import { RunService } from '../../../main/services/runs.ts';
import { FakeChild } from '../compute/fake-child.ts';

const QUESTION = { folder: '/nowhere', command: 'explain', options: {} } as unknown as ExplainQuestion;
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
      projects: {} as Projects,
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
    await made.runs.start(QUESTION, 'house');
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

  it('forgets a run that has ended', async () => {
    const { runs, child } = await underWay();
    child.say({ type: 'done', id: 1, answer: { runId: 'run1', resumed: false } });
    await expect.poll(() => runs.state?.status).toBe('done');
    await expect.poll(recalled).toBeUndefined();
  });
});
