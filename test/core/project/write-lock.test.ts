import { describe, expect, it } from 'vitest';
import { acquireWriteLock } from '../../../core/project/write-lock.ts';
import { memoryStorage } from './memory-storage.ts';

const running = (pid: number, alive: readonly number[], host = 'desk') => ({
  pid,
  host,
  isAlive: (other: number) => alive.includes(other),
});

describe('acquireWriteLock()', () => {
  it('keeps a second process out until the first releases', async () => {
    const storage = memoryStorage();
    const lock = await acquireWriteLock(storage, '/p', running(1, [1, 2]));
    await expect(acquireWriteLock(storage, '/p', running(2, [1, 2]))).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringMatching(/^project: \/p is in use by process 1 on desk since \d{4}-/) as string,
      hint: 'Wait for its end or close the other Tessera. If there is none, try again in a minute: the mark it left is then passed over.',
    });
    await lock.release();
    await acquireWriteLock(storage, '/p', running(2, [1, 2]));
  });

  it('takes over the lock of a process that was killed', async () => {
    const storage = memoryStorage();
    await acquireWriteLock(storage, '/p', running(1, [1]));
    const second = await acquireWriteLock(storage, '/p', running(2, [2]));
    await second.release();
    expect(storage.files.size).toBe(0);
  });

  it('takes over a damaged lock', async () => {
    const storage = memoryStorage(new Map([['/p/write.lock', new Uint8Array(3)]]));
    await expect(acquireWriteLock(storage, '/p', running(2, []))).resolves.toBeDefined();
  });

  it('believes the lock of another machine', async () => {
    const storage = memoryStorage();
    await acquireWriteLock(storage, '/p', running(1, [], 'server'));
    await expect(acquireWriteLock(storage, '/p', running(2, []))).rejects.toThrow(/process 1 on server/);
  });

  it('does not release the lock of a successor', async () => {
    const storage = memoryStorage();
    const first = await acquireWriteLock(storage, '/p', running(1, []));
    await acquireWriteLock(storage, '/p', running(2, []));
    await first.release();
    expect(storage.files.size).toBe(1);
  });
});
