import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { memorySpool } from '../memory-spool.ts';
import type { ByteSource, ByteSpool } from '../platform.ts';
import { openRegular } from './regular-file.ts';
import { storageError } from './storage-error.ts';
import { systemPath } from './system-path.ts';
import { temporaryIn } from './temporary-names.ts';

/** A file of any size, read by range. Throws the system's own error where it cannot be opened. */
export async function openBytes(path: string): Promise<ByteSource> {
  const file = await openRegular(path);
  const { size } = await file.stat().finally(() => file.close());
  return {
    size,
    read: (offset, length) =>
      withPlainError('read', path, () => {
        const descriptor = openSync(systemPath(path), 'r');
        try {
          return readRange(descriptor, offset, length);
        } finally {
          closeSync(descriptor);
        }
      }),
  };
}

/** So many bytes are kept in memory before there is a file. */
const IN_MEMORY = 2 ** 22;

/** Closes the files of spools that nobody holds any more. */
const forgotten = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** Bytes put aside in memory while they are few, else in a file that has lost its name already, so that no kill leaves it. */
export function openSpool(folder: string): ByteSpool {
  return new Spool(folder);
}

class Spool implements ByteSpool {
  readonly #folder: string;
  #memory: ByteSpool | undefined = memorySpool();
  #descriptor = -1;
  size = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  append(bytes: Uint8Array): void {
    if (this.#memory && this.size + bytes.length > IN_MEMORY) this.#moveOut(this.#memory);
    if (this.#memory) this.#memory.append(bytes);
    else this.#write(bytes);
    this.size += bytes.length;
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    if (this.#memory) return this.#memory.read(offset, length);
    return withPlainError('read in', this.#folder, () => readRange(this.#descriptor, offset, length));
  }

  #write(bytes: Uint8Array): void {
    withPlainError('write in', this.#folder, () => writeAll(this.#descriptor, bytes, this.size));
  }

  #moveOut(memory: ByteSpool): void {
    withPlainError('write in', this.#folder, () => {
      this.#descriptor = nameless(this.#folder);
      forgotten.register(this, this.#descriptor);
      writeAll(this.#descriptor, memory.read(0, memory.size), 0);
    });
    this.#memory = undefined;
  }
}

/** A new file that only this process can reach, in the folder, or the system's where that is gone or cannot be written. */
function nameless(folder: string): number {
  try {
    return namelessIn(folder);
  } catch {
    return namelessIn(tmpdir());
  }
}

function namelessIn(folder: string): number {
  const path = temporaryIn(folder);
  const descriptor = openSync(path, 'wx+');
  unlinkSync(path);
  return descriptor;
}

function writeAll(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
  }
}

function readRange(descriptor: number, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = readSync(descriptor, bytes, done, length - done, offset + done);
    if (read === 0) throw new Error('it ends too early');
    done += read;
  }
  return bytes;
}

function withPlainError<T>(action: string, path: string, task: () => T): T {
  try {
    return task();
  } catch (cause) {
    throw storageError(action, path, cause);
  }
}
