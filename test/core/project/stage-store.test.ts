import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../core/platform.ts';
import { fingerprintOf } from '../../../core/project/canonical-json.ts';
import { createProject, loadRun, openProject, startRun } from '../../../core/project/project-folder.ts';
import { clearCache, openStageStore } from '../../../core/project/stage-store.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { float32 } from '../../../core/tensor.ts';
import { memoryStorage } from './memory-storage.ts';
import { runSmallPipeline, WANTED_SUM } from './small-pipeline.ts';
import { explanation, projectContent, runContent } from './sample-run.ts';

const folder = '/boat.tessera';

async function fresh(storage: Storage = memoryStorage()) {
  const created = await createProject(storage, folder, projectContent);
  const { project, run } = await startRun(created, runContent);
  return { project, store: openStageStore(project, run) };
}

const result = (value: number) => ({
  tensors: new Map([['x', float32(Float32Array.of(value), [1])]]),
  value: { sum: value },
});

describe('StageStore.timed()', () => {
  it('keeps the time of the first run where a later one finds the results', async () => {
    const { project, store } = await fresh();
    await store.timed('rows', 'aa', () => new Promise((done) => setTimeout(done, 40)));
    const first = (await loadRun(project, 'run1')).stages.rows;
    expect(first).toMatchObject({ status: 'done', fingerprint: 'aa' });
    const second = await startRun(project, { ...runContent, seed: 5 });
    await openStageStore(second.project, second.run).timed('rows', 'aa', () => Promise.resolve());
    expect((await loadRun(second.project, second.run.id)).stages.rows).toEqual(first);
  });
});

describe('StageStore.stage()', () => {
  it('computes once for a fingerprint, also across runs, and afresh for another', async () => {
    const { project, store } = await fresh();
    let computed = 0;
    const compute = () => Promise.resolve(result(++computed));
    expect((await store.stage('nmf', 'aa', compute)).value).toEqual({ sum: 1 });
    expect(await store.stage('nmf', 'aa', compute)).toMatchObject(result(1));
    const second = await startRun(project, { ...runContent, seed: 5 });
    const other = openStageStore(second.project, second.run);
    expect((await other.stage('nmf', 'aa', compute)).value).toEqual({ sum: 1 });
    expect((await other.stage('nmf', 'bb', compute)).value).toEqual({ sum: 2 });
  });

  it('records pending while it computes, then done with the time', async () => {
    const { project, store } = await fresh();
    await store.stage('nmf', 'aa', async () => {
      expect((await loadRun(project, 'run1')).stages).toEqual({
        nmf: { status: 'pending', fingerprint: 'aa' },
      });
      return result(1);
    });
    expect((await loadRun(project, 'run1')).stages.nmf).toEqual({
      status: 'done',
      fingerprint: 'aa',
      elapsedMs: expect.any(Number) as number,
    });
  });

  it('stays pending when the computation fails', async () => {
    const { project, store } = await fresh();
    await expect(store.stage('nmf', 'aa', () => Promise.reject(new Error('no memory')))).rejects.toThrow(
      'no memory',
    );
    expect((await loadRun(project, 'run1')).stages.nmf?.status).toBe('pending');
  });

  it('computes again when the stored file is damaged or the cache was deleted', async () => {
    const storage = memoryStorage();
    const { project, store } = await fresh(storage);
    let computed = 0;
    const compute = () => Promise.resolve(result(++computed));
    await store.stage('nmf', 'aa', compute);
    const path = `${folder}/cache/nmf-aa.safetensors`;
    storage.files.set(path, storage.files.get(path)!.subarray(0, 20));
    expect((await store.stage('nmf', 'aa', compute)).value).toEqual({ sum: 2 });
    await clearCache(project);
    expect((await store.stage('nmf', 'aa', compute)).value).toEqual({ sum: 3 });
  });
});

describe('StageStore.finish()', () => {
  it('writes the explanation beside the stages', async () => {
    const { project, store } = await fresh();
    await store.stage('nmf', 'aa', () => Promise.resolve(result(1)));
    await store.finish({ explanation });
    expect(await loadRun(project, 'run1')).toMatchObject({
      explanation,
      stages: { nmf: { status: 'done' } },
    });
  });
});

describe('a run that is killed at any write', () => {
  it('opens again, loses at most the chunk in work, and ends with the same result', async () => {
    for (let killedAt = 0; ; killedAt++) {
      const files = new Map<string, Uint8Array>();
      let writes = 0;
      const mortal = memoryStorage(files, () => {
        if (writes++ === killedAt) throw new Error('killed');
      });
      const computed: number[] = [];
      const attempt = (storage: Storage) =>
        runSmallPipeline(storage, folder, (index) => computed.push(index));
      const survived = await attempt(mortal).then(
        () => true,
        () => false,
      );
      expect(await attempt(memoryStorage(files))).toBe(WANTED_SUM);
      expect(computed.length).toBeLessThanOrEqual(5);
      expect((await openProject(memoryStorage(files), folder)).file.runs).toHaveLength(survived ? 2 : 1);
      if (survived) break;
      expect(killedAt).toBeLessThan(50);
    }
  });
});

describe('a process that is killed with SIGKILL between two chunks', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'tessera-'));
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('resumes from the last finished chunk', async () => {
    const project = join(scratch, 'kill.tessera');
    const script = join(import.meta.dirname, 'small-pipeline.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, project], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of child.stdout as AsyncIterable<Buffer>)
      if (line.toString().includes('computing 2')) child.kill('SIGKILL');
    const computed: number[] = [];
    expect(await runSmallPipeline(fileStorage, project, (index) => computed.push(index))).toBe(WANTED_SUM);
    expect(computed).toEqual([2, 3]);
    expect(readdirSync(project).sort()).toEqual(['cache', 'project.json', 'runs']);
  });
});

describe('fingerprintOf() with real storage', () => {
  it('hashes on the machine as it does in memory', () => {
    expect(fingerprintOf(fileStorage, { a: 1 })).toBe(fingerprintOf(memoryStorage(), { a: 1 }));
  });
});
