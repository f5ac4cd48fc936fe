import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { changeProject } from '../../../core/project/change-lock.ts';
import { memoryStorage } from './memory-storage.ts';

const running = (pid: number, alive: readonly number[], host = 'desk') => ({
  pid,
  host,
  isAlive: (other: number) => alive.includes(other),
});
const lockOf = (pid: number, host = 'desk', since = new Date().toISOString()) =>
  new TextEncoder().encode(JSON.stringify({ pid, host, since }));
const LOCK = '/p/change.lock';

describe('changeProject()', () => {
  it('carries out changes of this process one at a time and leaves no lock', async () => {
    const storage = memoryStorage();
    const project = { storage, folder: '/p' };
    let count = 0;
    const increment = async () => {
      const read = count;
      expect(storage.files.has(LOCK)).toBe(true);
      await sleep(2);
      count = read + 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => changeProject(project, running(1, [1]), increment)));
    expect(count).toBe(5);
    expect(storage.files.size).toBe(0);
  });

  it('waits for another process, and says so when that takes too long', async () => {
    const storage = memoryStorage(new Map([[LOCK, lockOf(2)]]));
    const project = { storage, folder: '/p' };
    const self = running(1, [1, 2]);
    let isDone = false;
    const change = () => Promise.resolve((isDone = true));
    await expect(changeProject(project, self, change, { waitMs: 60 })).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringMatching(
        /^Another Tessera is changing this project, so this change was not made \(process 2 on desk, since /,
      ) as string,
      hint: 'Try again in a moment. If it stays so, close the other Tessera.',
    });
    expect(isDone).toBe(false);
    const waiting = changeProject(project, self, change);
    await sleep(60);
    expect(isDone).toBe(false);
    storage.files.delete(LOCK);
    await waiting;
    expect(isDone).toBe(true);
  });

  it.each([
    ['of a process that was killed', lockOf(7)],
    ['of a process that had our number', lockOf(1)],
    ['that is damaged', new Uint8Array(3)],
    [
      'of another machine that is a minute old',
      lockOf(7, 'server', new Date(Date.now() - 61e3).toISOString()),
    ],
  ])('takes over a lock %s', async (_, lock) => {
    const storage = memoryStorage(new Map([[LOCK, lock]]));
    const change = () => Promise.resolve('made');
    expect(await changeProject({ storage, folder: '/p' }, running(1, [1]), change)).toBe('made');
    expect(storage.files.size).toBe(0);
  });

  it('believes a young lock of another machine', async () => {
    const storage = memoryStorage(new Map([[LOCK, lockOf(7, 'server')]]));
    const change = () => Promise.resolve();
    await expect(
      changeProject({ storage, folder: '/p' }, running(1, [1]), change, { waitMs: 0 }),
    ).rejects.toThrow('process 7 on server');
  });

  it('releases the lock when the change fails, but not that of a successor', async () => {
    const storage = memoryStorage();
    const project = { storage, folder: '/p' };
    const fail = () => Promise.reject(new Error('no room'));
    await expect(changeProject(project, running(1, [1]), fail)).rejects.toThrow('no room');
    expect(storage.files.size).toBe(0);
    const successor = lockOf(2);
    await changeProject(project, running(1, [1]), () => {
      storage.files.set(LOCK, successor);
      return Promise.resolve();
    });
    expect(storage.files.get(LOCK)).toEqual(successor);
  });

  it('loses no change of three processes that change one file at once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tessera-change-'));
    await writeFile(path.join(folder, 'count'), '0');
    const script = path.join(import.meta.dirname, 'count-up.ts');
    const count = () => promisify(execFile)(process.execPath, ['--import', 'tsx', script, folder, '20']);
    await Promise.all([count(), count(), count()]);
    expect(await readFile(path.join(folder, 'count'), 'utf8')).toBe('60');
    await rm(folder, { recursive: true });
  });
});
