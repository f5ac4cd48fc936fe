import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import type { Project } from './project-folder.ts';

/** Who is asking, and how to find out whether another process of this machine still lives. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  isAlive(pid: number): boolean;
}

const LOCK_FILE = z.object({ pid: z.int(), host: z.string(), since: z.string() });

/**
 * Runs a task that writes to a project while no other process does; the mark is gone when the task has ended, however
 * it ends.
 *
 * Throws   as {@link acquireWriteLock} and the task do.
 */
export async function writeToProject<T>(
  { storage, folder }: Pick<Project, 'storage' | 'folder'>,
  self: ProcessIdentity,
  task: () => Promise<T>,
): Promise<T> {
  const lock = await acquireWriteLock(storage, folder, self);
  try {
    return await task();
  } finally {
    // A lock left behind is taken over by the next run; the failure that led here is the one to report.
    await lock.release().catch(() => undefined);
  }
}

/**
 * Marks a project as being written by this process (`write.lock`), so that two windows do not overwrite each
 * other's runs. A lock whose process has ended, or whose file is damaged, is taken over.
 *
 * Throws   TesseraError 'bad-project' naming the other process while it lives.
 * Limits   a courtesy between well-behaved programs: two that start within the same few milliseconds may both
 *          succeed, and the processes of another machine cannot be asked whether they live.
 *
 * @internal
 */
export async function acquireWriteLock(
  storage: Storage,
  folder: string,
  self: ProcessIdentity,
): Promise<{ release(): Promise<void> }> {
  const path = storage.join(folder, 'write.lock');
  const holder = await readHolder(storage, path);
  if (holder !== undefined && isHeldByAnother(holder, self))
    throw new TesseraError(
      'bad-project',
      `project: ${folder} is in use by process ${holder.pid} on ${holder.host} since ${holder.since}.`,
      { hint: `Close the other Tessera. If there is none, delete ${path} and try again.` },
    );
  const mine = { pid: self.pid, host: self.host, since: new Date().toISOString() };
  await storage.writeAtomic(path, JSON.stringify(mine));
  return {
    async release() {
      const current = await readHolder(storage, path);
      if (current?.pid === self.pid && current.host === self.host) await storage.remove(path);
    },
  };
}

function isHeldByAnother({ pid, host }: z.infer<typeof LOCK_FILE>, self: ProcessIdentity): boolean {
  if (host !== self.host) return true;
  return pid !== self.pid && self.isAlive(pid);
}

async function readHolder(storage: Storage, path: string) {
  if (!(await storage.exists(path))) return undefined;
  const bytes = await storage.readBytes(path);
  try {
    return LOCK_FILE.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined; // damaged: written by no Tessera that is still whole
  }
}
