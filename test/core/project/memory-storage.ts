import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { memorySpool } from '../../../core/memory-spool.ts';
import type { Storage } from '../../../core/platform.ts';

function contentOf(bytes: Uint8Array | string | Iterable<Uint8Array>): Uint8Array {
  if (typeof bytes === 'string') return new TextEncoder().encode(bytes);
  return new Uint8Array(bytes instanceof Uint8Array ? bytes : Buffer.concat([...bytes]));
}

/** Files in memory. `beforeWrite` may throw, as a full disk or a kill would. */
export function memoryStorage(
  files = new Map<string, Uint8Array>(),
  beforeWrite: (path: string) => void = () => undefined,
): Storage & { readonly files: Map<string, Uint8Array> } {
  const absent = (path: string) => Promise.reject(new Error(`no such file ${path}`));
  return {
    files,
    readBytes: (path) => (files.has(path) ? Promise.resolve(files.get(path)!) : absent(path)),
    // eslint-disable-next-line @typescript-eslint/require-await -- a throw must become a rejection
    async writeAtomic(path, bytes) {
      beforeWrite(path);
      files.set(path, contentOf(bytes));
    },
    async writeTogether(together) {
      for (const [path, bytes] of together) await this.writeAtomic(path, bytes);
    },
    createNew(path, text) {
      if (files.has(path)) return Promise.resolve(false);
      files.set(path, new TextEncoder().encode(text));
      return Promise.resolve(true);
    },
    append(path, text) {
      const old = files.get(path) ?? new Uint8Array();
      files.set(path, Uint8Array.from([...old, ...new TextEncoder().encode(text)]));
      return Promise.resolve();
    },
    async openBytes(path) {
      const bytes = await this.readBytes(path);
      return { size: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) };
    },
    openSpool: memorySpool,
    exists: (path) =>
      Promise.resolve(files.has(path) || [...files.keys()].some((key) => key.startsWith(`${path}/`))),
    list(folder) {
      const below = [...files.keys()].filter((key) => key.startsWith(`${folder}/`));
      const names = new Set(below.map((key) => key.slice(folder.length + 1).split('/')[0]));
      if (names.size === 0) return absent(folder);
      return Promise.resolve(
        [...names].map((name) => ({ name, kind: files.has(`${folder}/${name}`) ? 'file' : 'directory' })),
      );
    },
    makeDirectory: () => Promise.resolve(),
    remove(path) {
      for (const key of files.keys()) if (key === path || key.startsWith(`${path}/`)) files.delete(key);
      return Promise.resolve();
    },
    touch: () => Promise.resolve(),
    removeLeftovers: () => Promise.resolve(),
    realPath: (path) => Promise.resolve(path),
    join: (...parts) => posix.join(...parts),
    resolve: (path) => posix.resolve(path),
    dirname: (path) => posix.dirname(path),
    basename: (path) => posix.basename(path),
    stat: absent,
    hashFile: absent,
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  };
}
