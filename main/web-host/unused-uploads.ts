import { readFile, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Storage } from '../../core/platform.ts';
import { livingHolder, tryLock, type Lock, type ProcessIdentity } from '../../core/project/lock-file.ts';
import type { Places } from '../services/places.ts';

type HostPlaces = Pick<Places, 'uploads' | 'projects' | 'state'>;

/** Marks this home as one that a host serves, so that another host leaves alone what is sent to this one. */
export async function markHost(
  storage: Storage,
  { state }: Pick<Places, 'state'>,
  self: ProcessIdentity,
): Promise<Lock | undefined> {
  const folder = path.join(state, 'hosts');
  await storage.makeDirectory(folder);
  const outcome = await tryLock(storage, path.join(folder, `${self.pid}.lock`), self);
  return 'lock' in outcome ? outcome.lock : undefined;
}

/**
 * Removes what browsers sent and no project uses. A project names its model and pictures where they lie, so a drop is
 * kept as long as a project or an unfinished run tells of it. What was sent since the first of the hosts that still run
 * on this home began is theirs, and stays.
 */
export async function removeUnusedUploads(
  storage: Storage,
  places: HostPlaces,
  self: ProcessIdentity,
): Promise<void> {
  const { uploads, projects, state } = places;
  const drops = await readdir(uploads).catch(() => []);
  if (drops.length === 0) return;
  const theirsSinceMs = await oldestHostMs(storage, state, self);
  const folders = await readdir(projects).catch(() => []);
  const files = folders.map((folder) => path.join(projects, folder, 'project.json'));
  const texts = await Promise.all(
    [...files, path.join(state, 'unfinished-run.json')].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  for (const drop of drops) {
    if (texts.some((text) => text.includes(drop))) continue;
    const folder = path.join(uploads, drop);
    const sentMs = (await stat(folder).catch(() => undefined))?.mtimeMs;
    if (sentMs === undefined || sentMs >= theirsSinceMs) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

/** When the first of the other hosts that still run began; marks of those that have ended are removed. */
async function oldestHostMs(storage: Storage, state: string, self: ProcessIdentity): Promise<number> {
  const folder = path.join(state, 'hosts');
  let oldestMs = Infinity;
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === `${self.pid}.lock`) continue;
    const mark = path.join(folder, name);
    const holder = await livingHolder(storage, mark, self);
    if (holder === undefined) await rm(mark, { force: true });
    else oldestMs = Math.min(oldestMs, Date.parse(holder.since));
  }
  return oldestMs;
}
