import { z } from 'zod';
import type { Storage } from '../platform.ts';

/** Who is asking, and how to find out about other processes of this machine. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Names this machine until its next start, and its table of processes; absent where the system tells neither. */
  readonly machine?: string;
  isAlive(pid: number): boolean;
  /** When a process began, as the system counts: a later process of the same number has another. */
  startOf?(pid: number): string | undefined;
}

const HOLDER = z.object({
  pid: z.int(),
  host: z.string(),
  since: z.iso.datetime(),
  machine: z.string().exactOptional(),
  start: z.string().exactOptional(),
});
/** Who holds a lock, and since when. */
export type Holder = z.infer<typeof HOLDER>;

/** A lock that is held: its file's time is renewed until it is released. */
export interface Lock {
  /** Leaves the lock of a successor alone. */
  release(): Promise<void>;
}

/** Between two signs of life, and after how long without one a holder is no longer believed. */
const BEAT_MS = 5000;
const STALE_MS = 60_000;
/** Clocks of two machines differ: a lock that looks old is watched for a sign of life for so long. */
const WATCH_MS = 2.4 * BEAT_MS;
/** A lock that comes and goes so often between two looks is somebody's. */
const ATTEMPTS = 20;

/**
 * Takes a lock file, or tells who holds it. A lock is taken over when its process has ended or another has its number
 * now, when its file is damaged, and when whoever wrote it, on whatever machine, gives no more sign of life.
 *
 * Limits   two that find an abandoned lock in the same moment may both succeed.
 */
export async function tryLock(
  storage: Storage,
  path: string,
  self: ProcessIdentity,
  { watchMs = WATCH_MS }: { readonly watchMs?: number } = {},
): Promise<{ readonly lock: Lock } | { readonly holder: Holder | undefined }> {
  let holder: Holder | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const mine = textOf(self);
    if (await storage.createNew(path, mine)) return { lock: held(storage, path, mine) };
    const text = await readText(storage, path);
    if (text === undefined) continue;
    holder = holderIn(text);
    if (holder !== undefined && (await isHeld(storage, path, holder, self, watchMs))) return { holder };
    if ((await readText(storage, path)) === text) await storage.remove(path);
  }
  return { holder };
}

/** Who holds a lock, as far as can be told at once; undefined where nobody does. */
export async function livingHolder(
  storage: Storage,
  path: string,
  self: ProcessIdentity,
): Promise<Holder | undefined> {
  const text = await readText(storage, path);
  const holder = text === undefined ? undefined : holderIn(text);
  return holder !== undefined && (await isHeld(storage, path, holder, self, 0)) ? holder : undefined;
}

function textOf(self: ProcessIdentity): string {
  const { pid, host, machine } = self;
  const start = self.startOf?.(pid);
  return JSON.stringify({
    pid,
    host,
    since: new Date().toISOString(),
    ...(machine !== undefined && { machine }),
    ...(start !== undefined && { start }),
  } satisfies Holder);
}

function held(storage: Storage, path: string, mine: string): Lock {
  const isMine = async (): Promise<boolean> => (await readText(storage, path)) === mine;
  const beat = setInterval(() => {
    const renewed = isMine().then((own) => (own ? storage.touch(path) : undefined));
    // The folder may be gone; whoever writes to it next will say so.
    renewed.catch(() => undefined);
  }, BEAT_MS);
  beat.unref?.();
  return {
    async release() {
      clearInterval(beat);
      if (await isMine()) await storage.remove(path);
    },
  };
}

async function isHeld(
  storage: Storage,
  path: string,
  holder: Holder,
  self: ProcessIdentity,
  watchMs: number,
): Promise<boolean> {
  if (isSameMachine(holder, self)) {
    // This process takes a lock once: one with its number was left by an earlier task, or by one that had it before.
    if (holder.pid === self.pid || !self.isAlive(holder.pid)) return false;
    const start = self.startOf?.(holder.pid);
    if (start !== undefined && holder.start !== undefined) return start === holder.start;
  }
  const seenMs = await lastSignMs(storage, path, holder);
  if (Math.abs(Date.now() - seenMs) <= STALE_MS) return true;
  if (watchMs === 0) return false;
  await new Promise((resolve) => setTimeout(resolve, watchMs));
  return (await lastSignMs(storage, path, holder)) !== seenMs;
}

function isSameMachine({ host, machine }: Holder, self: ProcessIdentity): boolean {
  if (machine !== undefined && self.machine !== undefined) return machine === self.machine;
  return host === self.host;
}

/** When the holder last gave a sign of life, by the clock of the disk. */
async function lastSignMs(storage: Storage, path: string, { since }: Holder): Promise<number> {
  const touched = await storage.stat(path).catch(() => undefined);
  return touched?.modifiedMs ?? Date.parse(since);
}

/** Undefined where there is no lock, or no longer. */
async function readText(storage: Storage, path: string): Promise<string | undefined> {
  const bytes = await storage.readBytes(path).catch(() => undefined);
  return bytes && new TextDecoder().decode(bytes);
}

/** Undefined for a lock that was written by no Tessera that is still whole. */
function holderIn(text: string): Holder | undefined {
  try {
    return HOLDER.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
