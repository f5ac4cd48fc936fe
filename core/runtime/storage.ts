import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { access, mkdir, open, readdir, realpath, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DirectoryEntry, Storage } from '../platform.ts';
import { storageError } from './storage-error.ts';
import { removeLeftovers } from './temporary-names.ts';
import { createNew, writeAtomic } from './write-atomic.ts';

/** {@link Storage} on the file system of this machine. */
export const fileStorage: Storage = {
  readBytes: (path) => withPlainErrors('read', path, () => readBytes(path)),
  writeAtomic: (path, bytes) => withPlainErrors('write', path, () => writeAtomic(path, bytes)),
  createNew: (path, text) => withPlainErrors('write', path, () => createNew(path, text)),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  list: (path) => withPlainErrors('list', path, () => list(path)),
  makeDirectory: (path) =>
    withPlainErrors('create the folder', path, async () => void (await mkdir(path, { recursive: true }))),
  remove: (path) => withPlainErrors('remove', path, () => rm(path, { recursive: true, force: true })),
  touch: (path) => withPlainErrors('write', path, () => utimes(path, new Date(), new Date())),
  removeLeftovers,
  realPath: (path) => withPlainErrors('resolve', path, () => realpath(path)),
  join,
  resolve: (path) => resolve(path),
  dirname,
  basename: (path) => basename(path),
  stat: (path) =>
    withPlainErrors('read', path, async () => {
      const { size, mtimeMs } = await stat(path);
      return { size, modifiedMs: mtimeMs };
    }),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
};

async function withPlainErrors<T>(action: string, path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    throw storageError(action, path, cause);
  }
}

/** One read call moves at most 2³¹ - 1 bytes, and fs.readFile refuses files larger than that. */
const CHUNK_BYTES = 2 ** 30;

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    return await readAll(file, new Uint8Array((await file.stat()).size));
  } finally {
    await file.close();
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
  const entries = await readdir(path, { withFileTypes: true });
  const resolved = await Promise.all(
    entries.map(async (entry) => ({ name: entry.name, kind: await kindOf(path, entry) })),
  );
  return resolved.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function kindOf(folder: string, entry: Dirent): Promise<DirectoryEntry['kind']> {
  const target = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
  if (target?.isFile() === true) return 'file';
  return target?.isDirectory() === true ? 'directory' : 'other';
}
