import { lstat, rm } from 'node:fs/promises';
import { TesseraError } from '../errors.ts';
import { storageError, withPlainErrors } from './storage-error.ts';
import { dropDraft, putInPlace, writeDraft } from './write-atomic.ts';

/** A file whose new content lies whole beside it. */
interface Drafted {
  readonly path: string;
  readonly draft: string;
  readonly isNew: boolean;
}

/**
 * Writes files that belong together: what fails before all are whole on the disk (a full disk, a folder of that name) leaves
 * every one as it was. Put in place they are one after the other, in the order given; a program that holds one of them open may
 * still stop that. Then those that were not there before are removed, and the error names those that are replaced.
 *
 * Throws TesseraError 'storage'. `put` is for tests.
 */
export async function writeTogether(
  files: ReadonlyMap<string, Uint8Array | string>,
  put = putInPlace,
): Promise<void> {
  const drafted: Drafted[] = [];
  try {
    for (const [path, bytes] of files) {
      const isNew = await withPlainErrors('write', path, () => requireNoFolder(path));
      const draft = await withPlainErrors('write', path, () => writeDraft(path, bytes));
      drafted.push({ path, draft, isNew });
    }
    for (const [at, { path, draft }] of drafted.entries()) {
      try {
        await put(draft, path);
      } catch (cause) {
        throw await halfWritten(path, drafted.slice(0, at), cause);
      }
    }
  } finally {
    for (const { draft } of drafted) await dropDraft(draft);
  }
}

/** Is the name free? Throws the system's own error for a folder, which no file replaces. */
async function requireNoFolder(path: string): Promise<boolean> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isDirectory() === true) throw Object.assign(new Error(`folder ${path}`), { code: 'EISDIR' });
  return there === undefined;
}

async function halfWritten(path: string, placed: readonly Drafted[], cause: unknown): Promise<TesseraError> {
  for (const one of placed) if (one.isNew) await rm(one.path, { force: true }).catch(() => undefined);
  const replaced = placed.filter(({ isNew }) => !isNew).map((one) => one.path);
  const error = storageError('write', path, cause);
  if (replaced.length === 0) return error;
  return new TesseraError('storage', `${error.message}. New already: ${replaced.join(', ')}.`, {
    cause,
    hint: 'These files belong together; run again when it can be written.',
  });
}
