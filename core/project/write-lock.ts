import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { tryLock, type Lock, type ProcessIdentity } from './lock-file.ts';
import type { Project } from './project-folder.ts';

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
    // Whatever is in the way of it will be in that of the task, which then says what.
    await removeLeftovers(storage, folder).catch(() => undefined);
    return await task();
  } finally {
    // A lock left behind is taken over by the next run; the failure that led here is the one to report.
    await lock.release().catch(() => undefined);
  }
}

/**
 * Marks a project as being written by this process (`write.lock`), so that two windows do not overwrite each
 * other's runs. Which locks are taken over: {@link tryLock}.
 *
 * Throws   TesseraError 'bad-project' naming the other process while it lives.
 *
 * @internal
 */
export async function acquireWriteLock(
  storage: Storage,
  folder: string,
  self: ProcessIdentity,
  options: { readonly watchMs?: number } = {},
): Promise<Lock> {
  const outcome = await tryLock(storage, storage.join(folder, 'write.lock'), self, options);
  if ('lock' in outcome) return outcome.lock;
  const { holder } = outcome;
  const who = holder && ` by process ${holder.pid} on ${holder.host} since ${holder.since}`;
  throw new TesseraError('bad-project', `project: ${folder} is in use${who ?? ''}.`, {
    hint: 'Wait for its end or close the other Tessera. If there is none, try again in a minute: the mark it left is then passed over.',
    isPassing: true,
  });
}

/** What writers that were killed left in a project: in its own folder, and in each of a run and of a stage. */
async function removeLeftovers(storage: Storage, folder: string): Promise<void> {
  const below = ['runs', 'cache'].map(async (name) => {
    const parent = storage.join(folder, name);
    const entries = await storage.list(parent).catch(() => []);
    return entries.flatMap((entry) => (entry.kind === 'directory' ? [storage.join(parent, entry.name)] : []));
  });
  for (const one of [folder, ...(await Promise.all(below)).flat()]) await storage.removeLeftovers(one);
}
