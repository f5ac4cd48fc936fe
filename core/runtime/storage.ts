import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { access, mkdir, readdir, realpath, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DirectoryEntry, Storage } from '../platform.ts';
import { openBytes, openSpool } from './byte-files.ts';
import { openRegular } from './regular-file.ts';
import { withPlainErrors } from './storage-error.ts';
import { pathText, systemPath } from './system-path.ts';
import { removeLeftovers } from './temporary-names.ts';
import { append, createNew, writeAtomic } from './write-atomic.ts';
import { writeTogether } from './write-together.ts';

/** {@link Storage} on the file system of this machine. */
export const fileStorage: Storage = {
  readBytes: (path) => withPlainErrors('read', path, () => readBytes(path)),
  openBytes: (path) => withPlainErrors('read', path, () => openBytes(path)),
  openSpool,
  writeAtomic: (path, bytes) => withPlainErrors('write', path, () => writeAtomic(path, bytes)),
  writeTogether: (files) => writeTogether(files),
  createNew: (path, text) => withPlainErrors('write', path, () => createNew(path, text)),
  append: (path, text) => withPlainErrors('write', path, () => append(path, text)),
  exists: (path) =>
    access(systemPath(path)).then(
      () => true,
      () => false,
    ),
  list: (path) => withPlainErrors('list', path, () => list(path)),
  makeDirectory: (path) =>
    withPlainErrors('create the folder', path, async () => void (await mkdir(path, { recursive: true }))),
  remove: (path) =>
    withPlainErrors('remove', path, () => rm(systemPath(path), { recursive: true, force: true })),
  realPath: (path) =>
    withPlainErrors('resolve', path, async () => pathText(await realpath(systemPath(path), 'buffer'))),
  touch: (path) => withPlainErrors('write', path, () => utimes(systemPath(path), new Date(), new Date())),
  removeLeftovers,
  join,
  resolve: (path) => resolve(path),
  dirname,
  basename: (path) => basename(path),
  stat: (path) =>
    withPlainErrors('read', path, async () => {
      const { size, mtimeMs, ctimeMs } = await stat(systemPath(path));
      return { size, modifiedMs: mtimeMs, changedMs: ctimeMs };
    }),
  hashFile: (path) => withPlainErrors('read', path, () => hashFile(path)),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
};

/** One read call moves at most 2³¹ - 1 bytes, and fs.readFile refuses files larger than that. */
const CHUNK_BYTES = 2 ** 30;

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await openRegular(path);
  try {
    return await readAll(file, roomFor((await file.stat()).size));
  } finally {
    await file.close();
  }
}

const HASHED_BYTES = 2 ** 20;

async function hashFile(path: string): Promise<string> {
  const file = await openRegular(path);
  try {
    const hash = createHash('sha256');
    const part = new Uint8Array(Math.min(HASHED_BYTES, Math.max(1, (await file.stat()).size)));
    for (;;) {
      const { bytesRead } = await file.read(part, 0, part.length, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(part.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function roomFor(size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    throw new Error(`its ${size} bytes are more than fit into memory`);
  }
}

async function readAll(file: FileHandle, bytes: Uint8Array): Promise<Uint8Array> {
  let filled = 0;
  do {
    const length = Math.min(CHUNK_BYTES, bytes.length - filled);
    const { bytesRead } = await file.read(bytes, filled, length, filled);
    filled += bytesRead;
    // The file shrank since its size was taken.
    if (bytesRead === 0) break;
  } while (filled < bytes.length);
  return bytes.subarray(0, filled);
}

async function list(path: string): Promise<DirectoryEntry[]> {
  const entries = await readdir(systemPath(path), { withFileTypes: true, encoding: 'buffer' });
  const resolved = await Promise.all(
    entries.map(async (entry) => {
      const name = pathText(entry.name);
      return { name, kind: await kindOf(join(path, name), entry) };
    }),
  );
  return resolved.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function kindOf(path: string, entry: Dirent<Buffer>): Promise<DirectoryEntry['kind']> {
  const target = entry.isSymbolicLink() ? await stat(systemPath(path)).catch(() => undefined) : entry;
  if (target?.isFile() === true) return 'file';
  return target?.isDirectory() === true ? 'directory' : 'other';
}
