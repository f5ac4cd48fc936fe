import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock, type ProcessIdentity } from '../../../core/project/lock-file.ts';
import { writeToProject } from '../../../core/project/write-lock.ts';
import { fileStorage as storage } from '../../../core/runtime/storage.ts';
import { thisProcess } from '../../../core/runtime/this-process.ts';

const MINUTES_AGO = new Date(Date.now() - 180_000);

describe('tryLock()', () => {
  let folder: string;
  let lock: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-lock-'));
    lock = path.join(folder, 'write.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const desk = (pid: number, start: string, more: Partial<ProcessIdentity> = {}): ProcessIdentity => ({
    pid,
    host: 'desk',
    machine: 'boot-1',
    isAlive: () => true,
    startOf: () => start,
    ...more,
  });
  const left = async (by: ProcessIdentity, at: Date): Promise<void> => {
    const taken = await tryLock(storage, lock, by);
    expect(taken).toHaveProperty('lock');
    await utimes(lock, at, at);
  };

  it('takes over a lock whose number another process has now', async () => {
    await left(desk(7, 'started at 100'), new Date());
    expect(await tryLock(storage, lock, desk(8, 'started at 900'))).toHaveProperty('lock');
  });

  it('leaves a lock alone whose process lives, however long it was silent', async () => {
    await left(desk(7, 'started at 100'), MINUTES_AGO);
    const asked = desk(8, 'started at 100');
    expect(await tryLock(storage, lock, asked, { watchMs: 10 })).toMatchObject({ holder: { pid: 7 } });
  });

  it.each([
    ['another name', { host: 'gone', machine: 'boot-0' }],
    ['this name, before it was started again', { host: 'desk', machine: 'boot-0' }],
  ])('takes over a lock of a machine of %s that gives no sign of life', async (_, machine) => {
    await left(desk(7, 'x', machine), MINUTES_AGO);
    expect(await tryLock(storage, lock, desk(8, 'y'), { watchMs: 30 })).toHaveProperty('lock');
  });

  it('believes a lock of another machine that is fresh, or that shows life while it is watched', async () => {
    await left(desk(7, 'x', { host: 'server', machine: 'other' }), new Date());
    const asked = desk(8, 'y');
    expect(await tryLock(storage, lock, asked)).toMatchObject({ holder: { host: 'server' } });
    await utimes(lock, MINUTES_AGO, MINUTES_AGO);
    const watched = tryLock(storage, lock, asked, { watchMs: 200 });
    await sleep(50);
    // Its clock is hours behind.
    await utimes(lock, new Date(0), new Date(7e6));
    expect(await watched).toMatchObject({ holder: { host: 'server' } });
  });

  it('does not release the lock of a successor', async () => {
    const first = await tryLock(storage, lock, desk(7, 'x', { isAlive: () => false }));
    await tryLock(storage, lock, desk(8, 'y', { isAlive: () => false }));
    if ('lock' in first) await first.lock.release();
    expect(await readdir(folder)).toEqual(['write.lock']);
  });

  it('names itself so that another process can tell whether it still lives', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    expect(thisProcess.isAlive(child.pid!)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(thisProcess.isAlive(child.pid!)).toBe(false);
    expect(thisProcess.isAlive(thisProcess.pid)).toBe(true);
    if (process.platform === 'linux') expect(thisProcess.startOf!(thisProcess.pid)).toMatch(/^\d+$/);
  });

  it.runIf(process.platform === 'linux')(
    'sweeps what a killed writer left in a project, and nothing of one that lives',
    async () => {
      const { temporaryIn } = await import('../../../core/runtime/temporary-names.ts');
      const cache = path.join(folder, 'cache/rows-1');
      await storage.makeDirectory(cache);
      const ours = path.basename(temporaryIn(folder));
      const start = thisProcess.startOf!(thisProcess.pid)!;
      const dead = ours.replace(`-${process.pid}-`, '-999999999-');
      const reused = ours.replace(`-${start}-`, `-${Number(start) - 1}-`);
      const old = '.tessera-0123456789ab.tmp';
      const young = '.tessera-0123456789ac.tmp';
      for (const name of [ours, dead, reused, old, young, 'notes.tmp'])
        await writeFile(path.join(cache, name), '');
      await utimes(path.join(cache, old), new Date(0), new Date(0));
      await writeFile(path.join(folder, dead), '');
      await writeToProject({ storage, folder }, thisProcess, () => Promise.resolve());
      expect(await readdir(folder)).toEqual(['cache']);
      expect(await readdir(cache)).toEqual([young, ours, 'notes.tmp'].sort());
    },
  );
});
