import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { workStatus } from '../../../core/pipeline/shards/work-status.ts';
import type { Project } from '../../../core/project/project-folder.ts';
import { openStageEntry } from '../../../core/project/stage-entry.ts';
import { saveWorkPlan } from '../../../core/project/work-plan.ts';
import { clearFailure, saveFailure, saveFinished, saveProgress } from '../../../core/project/work-records.ts';
import { memoryStorage } from '../project/memory-storage.ts';

const KEY = '0123456789abcdef0123456789abcdef';

async function planned(): Promise<Project> {
  const project = { storage: memoryStorage(), folder: '/p.tessera' } as unknown as Project;
  await saveWorkPlan(
    project,
    {
      ...{ key: KEY, versions: {}, device: 'cpu', model: { path: '/m.onnx', sha256: 'aa' } },
      options: resolveOptions({ model: '/m.onnx', images: ['/i'], class: 'red' }),
      ...{ roots: ['/i'], pictures: 640, skipped: [] },
    },
    [],
  );
  return project;
}

const owned = { stage: 'predictions', of: 2, host: 'n1', pid: 7 } as const;
const working = { ...owned, state: 'working', folder: 'predictions-f0', pieces: 10, total: 320 } as const;

describe('workStatus()', () => {
  it('knows nothing before anybody has begun', async () => {
    const { stages, failures, run } = await workStatus(await planned());
    expect(stages.map(({ state, pieces, stored }) => [state, pieces, stored])).toEqual([
      ['unknown', null, 0],
      ['unknown', null, 0],
      ['unknown', null, 0],
    ]);
    expect([failures, run]).toEqual([[], null]);
  });

  it('adds rates of those who work, and is as long as the slowest of them', async () => {
    const project = await planned();
    await saveProgress(project, KEY, { ...working, shard: 0, done: 64, beganMs: 0, atMs: 8000 });
    await saveProgress(project, KEY, { ...working, shard: 1, done: 128, beganMs: 0, atMs: 8000 });
    const [stage] = (await workStatus(project, 9000)).stages;
    expect(stage).toMatchObject({
      state: 'working',
      pieces: 10,
      stored: 0,
      ratePerSecond: 24,
      etaSeconds: 32,
    });
  });

  it('counts what is stored, whoever stored it, and calls a worker silent that said nothing for five minutes', async () => {
    const project = await planned();
    const entry = await openStageEntry(project, 'predictions', 'f0');
    for (const index of [0, 1, 9])
      await entry.get(index, () => Promise.resolve({ tensors: new Map(), value: index }));
    await saveProgress(project, KEY, { ...working, shard: 0, done: 64, beganMs: 0, atMs: 8000 });
    const [stage] = (await workStatus(project, 400_000)).stages;
    expect(stage).toMatchObject({ state: 'incomplete', stored: 3, ratePerSecond: null, etaSeconds: null });
    expect(stage.shards).toMatchObject([{ shard: 0, isSilent: true }]);
  });

  it('has failures until their shard is done, and the run in the end, while that is there', async () => {
    const project = await planned();
    await saveFailure(project, KEY, { ...owned, shard: 1, message: 'no disk', isFinal: false, atMs: 1 });
    expect((await workStatus(project)).failures).toMatchObject([{ shard: 1, message: 'no disk' }]);
    await clearFailure(project, KEY, { ...owned, shard: 1 });
    await saveFinished(project, KEY, 'run3');
    expect((await workStatus(project)).run).toBeNull();
    await project.storage.writeAtomic('/p.tessera/runs/run3/run.json', new Uint8Array(1));
    const { failures, run } = await workStatus(project);
    expect([failures, run]).toEqual([[], 'run3']);
  });
});
