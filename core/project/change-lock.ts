import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { createQueue } from '../queue.ts';
import type { ProcessIdentity } from './write-lock.ts';

const LOCK_FILE = z.object({ pid: z.int(), host: z.string(), since: z.iso.datetime() });
type Holder = z.infer<typeof LOCK_FILE>;

/** Between two looks at a lock that another process holds. */
const PAUSE_MS = 25;
/** A change takes some milliseconds: nobody holds the lock for so long and lives. */
const STALE_MS = 60_000;

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
    const mine = await acquire(storage, path, self, waitMs);
    try {
      return await change();
    } finally {
      // A lock left behind is taken over; the failure that led here is the one to report.
      if ((await readText(storage, path)) === mine) await storage.remove(path).catch(() => undefined);
    }
  });
}

/** Returns what stands in the lock. */
async function acquire(
  storage: Storage,
  path: string,
  self: ProcessIdentity,
  waitMs: number,
): Promise<string> {
  const giveUpMs = Date.now() + waitMs;
  for (;;) {
    const mine = JSON.stringify({ pid: self.pid, host: self.host, since: new Date().toISOString() });
    if (await storage.createNew(path, mine)) return mine;
    const text = await readText(storage, path);
    const holder = text === undefined ? undefined : holderIn(text);
    if (text !== undefined && (holder === undefined || isGone(holder, self))) await storage.remove(path);
    else if (Date.now() >= giveUpMs) throw heldBy(holder);
    else await pause();
  }
}

/** In this process changes wait in the queue: a lock with its number was left by one that had the number before. */
function isGone({ pid, host, since }: Holder, self: ProcessIdentity): boolean {
  if (Date.now() - Date.parse(since) > STALE_MS) return true;
  return host === self.host && (pid === self.pid || !self.isAlive(pid));
}

/** Undefined when the lock has been released meanwhile. */
async function readText(storage: Storage, path: string): Promise<string | undefined> {
  const bytes = await storage.readBytes(path).catch(() => undefined);
  return bytes && new TextDecoder().decode(bytes);
}

/** Undefined for a lock that was written by no Tessera that is still whole. */
function holderIn(text: string): Holder | undefined {
  try {
    return LOCK_FILE.parse(JSON.parse(text));
  } catch {
    return undefined;
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
