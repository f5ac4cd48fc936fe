import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { createQueue } from '../queue.ts';
import { tryLock, type Holder, type Lock, type ProcessIdentity } from './lock-file.ts';

/** Between two looks at a lock that another process holds. */
const PAUSE_MS = 25;

/** Changes of this process, one at a time. */
const inTurn = createQueue();

/**
 * Carries out a short change of a finished run's own files (notes, parts): read, change and write, while nobody else
 * does. Everything that changes them does it here, in whatever process, so that no change is lost. The mark is
 * `change.lock` in the project's folder; other than `write.lock`, which a process holds for as long as it computes, it
 * is held for moments only, so that names can be given while a run is under way.
 *
 * Throws   TesseraError 'bad-project' when another process holds the lock for `waitMs`; else as the change does.
 * Limits   the lock of a process that was killed is taken over; two that find it in the same moment may both succeed.
 */
export function changeProject<T>(
  { storage, folder }: { readonly storage: Storage; readonly folder: string },
  self: ProcessIdentity,
  change: () => Promise<T>,
  { waitMs = 5000 }: { readonly waitMs?: number } = {},
): Promise<T> {
  const path = storage.join(folder, 'change.lock');
  return inTurn(async () => {
    const lock = await acquire(storage, path, self, waitMs);
    try {
      return await change();
    } finally {
      // A lock left behind is taken over; the failure that led here is the one to report.
      await lock.release().catch(() => undefined);
    }
  });
}

async function acquire(storage: Storage, path: string, self: ProcessIdentity, waitMs: number): Promise<Lock> {
  const giveUpMs = Date.now() + waitMs;
  for (;;) {
    // A change takes some milliseconds: nobody holds the lock for a minute and lives.
    const outcome = await tryLock(storage, path, self, { watchMs: 0 });
    if ('lock' in outcome) return outcome.lock;
    if (Date.now() >= giveUpMs) throw heldBy(outcome.holder);
    await pause();
  }
}

function heldBy(holder: Holder | undefined): TesseraError {
  const who = holder && ` (process ${holder.pid} on ${holder.host}, since ${holder.since})`;
  return new TesseraError(
    'bad-project',
    `Another Tessera is changing this project, so this change was not made${who ?? ''}.`,
    { hint: 'Try again in a moment. If it stays so, close the other Tessera.' },
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
