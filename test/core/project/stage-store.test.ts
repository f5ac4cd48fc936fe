import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../core/platform.ts';
import { fingerprintOf } from '../../../core/project/canonical-json.ts';
import { createProject, loadRun, openProject } from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { openStageEntry, type StagePiece } from '../../../core/project/stage-entry.ts';
import { openStageStore, type StageStore } from '../../../core/project/stage-store.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { float32 } from '../../../core/tensor.ts';
import { memoryStorage } from './memory-storage.ts';
import { runSmallPipeline, WANTED_SUM } from './small-pipeline.ts';
import { explanation, projectContent, runContent, self } from './sample-run.ts';

const folder = '/boat.tessera';

async function fresh(storage: Storage = memoryStorage()) {
  const created = await createProject(storage, folder, projectContent);
  const { project, run } = await startRun(created, runContent, self);
  return { project, store: openStageStore(project, run) };
}

const result = (value: number) => ({
  tensors: new Map([['x', float32(Float32Array.of(value), [1])]]),
  value: { sum: value },
});

type Value = { readonly sum: number };

/** A stage of one piece. */
const single = (store: StageStore, fingerprint: string, compute: () => Promise<StagePiece<Value>>) =>
  store.stage('nmf', fingerprint, (entry) => entry.get(0, compute));

describe('StageStore.stage()', () => {
  it('computes once for a fingerprint, also across runs, and afresh for another', async () => {
    const { project, store } = await fresh();
    let computed = 0;
    const compute = () => Promise.resolve(result(++computed));
    expect((await single(store, 'aa', compute)).value).toEqual({ sum: 1 });
    expect(await single(store, 'aa', compute)).toMatchObject(result(1));
    const second = await startRun(project, { ...runContent, seed: 5 }, self);
    const other = openStageStore(second.project, second.run);
    expect((await single(other, 'aa', compute)).value).toEqual({ sum: 1 });
    expect((await single(other, 'bb', compute)).value).toEqual({ sum: 2 });
  });

  it('records pending while it computes, then done with the time', async () => {
    const { project, store } = await fresh();
    await single(store, 'aa', async () => {
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
    await expect(single(store, 'aa', () => Promise.reject(new Error('no memory')))).rejects.toThrow(
      'no memory',
    );
    expect((await loadRun(project, 'run1')).stages.nmf?.status).toBe('pending');
  });

  it('keeps the time of the run that computed, over all pieces, where a later one finds the results', async () => {
    const { project, store } = await fresh();
    const pieces = (own: StageStore, wait: number) =>
      own.stage('rows', 'aa', async (entry) => {
        for (const index of [0, 1]) {
          await entry.get(index, async () => {
            await new Promise((done) => setTimeout(done, wait));
            return result(index);
          });
        }
      });
    await pieces(store, 30);
    const first = (await loadRun(project, 'run1')).stages.rows;
    expect(first).toMatchObject({ status: 'done', fingerprint: 'aa' });
    expect(first.elapsedMs).toBeGreaterThanOrEqual(55);
    const second = await startRun(project, { ...runContent, seed: 5 }, self);
    await pieces(openStageStore(second.project, second.run), 0);
    expect((await loadRun(second.project, second.run.id)).stages.rows).toEqual(first);
  });
});

describe('StageEntry.get()', () => {
  const path = `${folder}/cache/nmf-aa/000.safetensors`;

  /** Where the array's only number, 1, and the sum in the metadata stand in the stored file. */
  const damages: readonly [string, (bytes: Uint8Array) => Uint8Array][] = [
    ['cut short', (bytes) => bytes.subarray(0, 20)],
    ['with another number in its array', (bytes) => flipped(bytes, bytes.length - 1)],
    ['with another number beside it', (bytes) => flipped(bytes, textOf(bytes).indexOf('sum') + 7)],
    ['with another time', (bytes) => flipped(bytes, textOf(bytes).indexOf('elapsedMs') + 12)],
    ['without a checksum', (bytes) => flipped(bytes, textOf(bytes).indexOf('sha256'))],
  ];
  const textOf = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);
  const flipped = (bytes: Uint8Array, at: number) => bytes.slice().with(at, bytes[at] ^ 1);

  it.each(damages)('computes again what is stored %s', async (_, damage) => {
    const storage = memoryStorage();
    const { project } = await fresh(storage);
    let computed = 0;
    const get = async () =>
      (await openStageEntry(project, 'nmf', 'aa')).get(0, () => Promise.resolve(result(++computed)));
    await get();
    expect((await get()).value).toEqual({ sum: 1 });
    storage.files.set(path, damage(storage.files.get(path)!));
    expect((await get()).value).toEqual({ sum: 2 });
    expect((await get()).value).toEqual({ sum: 2 });
  });

  it('computes again when the cache was deleted', async () => {
    const { project } = await fresh();
    const entryOf = () => openStageEntry(project, 'nmf', 'aa');
    await (await entryOf()).get(3, () => Promise.resolve(result(1)));
    expect(await (await entryOf()).has(3)).toBe(true);
    // As a person may at any time.
    await project.storage.remove(project.storage.join(project.folder, 'cache'));
    expect(await (await entryOf()).has(3)).toBe(false);
    const again = await (await entryOf()).get(3, () => Promise.resolve(result(2)));
    expect(again.value).toEqual({ sum: 2 });
  });
});

describe('StageStore.finish()', () => {
  it('writes the explanation beside the stages', async () => {
    const { project, store } = await fresh();
    await single(store, 'aa', () => Promise.resolve(result(1)));
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
