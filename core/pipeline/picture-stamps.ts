import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { openLines, writeLines, type Lines } from '../project/line-file.ts';
import type { Project } from '../project/project-folder.ts';

/** What a picture's file is. */
export interface PictureStamp {
  readonly size: number;
  readonly modifiedMs: number;
  /** SHA-256 of its bytes; absent where it cannot be read. */
  readonly sha256?: string;
}

/** A picture whose file is known. */
export interface Stamped {
  readonly stamp: PictureStamp;
}

const KNOWN = z.object({
  file: z.string(),
  size: z.number(),
  modifiedMs: z.number(),
  changedMs: z.number(),
  sha256: z.string(),
});
type Known = z.infer<typeof KNOWN>;

/** Files hashed at once. */
const IN_FLIGHT = 4;

/**
 * The pictures with what their files are now. A file is read once: its hash is kept in the project's cache for as long as
 * size, time and time of change (which nobody can set back) stay. So results are named by content: a picture that was
 * overwritten is another one, one that was only touched is not.
 */
export async function withStamps<File extends { readonly path: string }>(
  { storage, folder }: Pick<Project, 'storage' | 'folder'>,
  files: readonly File[],
): Promise<(File & Stamped)[]> {
  const path = storage.join(folder, 'cache', 'pictures.jsonl');
  const known = await openIndex(storage, path);
  const added = new Map<string, Known>();
  const stamped: (File & Stamped)[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const at = next++;
      const before = known?.find(files[at].path);
      const { stamp, record } = await stampOf(storage, files[at].path, before);
      stamped[at] = { ...files[at], stamp };
      if (record !== undefined && record !== before) added.set(record.file, record);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  if (added.size > 0) await saveIndex(storage, path, withAdded(known?.records ?? [], added));
  return stamped;
}

/** {@link withStamps} for pictures that have none; the others keep theirs, so that a change since then is noticed. */
export async function withMissingStamps<
  File extends { readonly path: string; readonly stamp?: PictureStamp },
>(project: Pick<Project, 'storage' | 'folder'>, files: readonly File[]): Promise<(File & Stamped)[]> {
  const unknown = files.filter(({ stamp }) => stamp === undefined);
  const found = unknown.length === 0 ? [] : await withStamps(project, unknown);
  const stamps = new Map(found.map(({ path, stamp }) => [path, stamp]));
  return files.map((file) => ({ ...file, stamp: file.stamp ?? stamps.get(file.path)! }));
}

async function stampOf(
  storage: Storage,
  file: string,
  before: Known | undefined,
): Promise<{ readonly stamp: PictureStamp; readonly record?: Known }> {
  try {
    const { size, modifiedMs, changedMs } = await storage.stat(file);
    const stamp = { size, modifiedMs };
    const isSame =
      before?.size === size && before.modifiedMs === modifiedMs && before.changedMs === changedMs;
    if (isSame) return { stamp: { ...stamp, sha256: before.sha256 }, record: before };
    try {
      const sha256 = await storage.hashFile(file);
      return { stamp: { ...stamp, sha256 }, record: { file, ...stamp, changedMs, sha256 } };
    } catch (error) {
      return { stamp: unreadable(error, stamp) };
    }
  } catch (error) {
    return { stamp: unreadable(error, { size: 0, modifiedMs: 0 }) };
  }
}

/** Who reads the picture says why it cannot be read. */
function unreadable(error: unknown, stamp: PictureStamp): PictureStamp {
  if (error instanceof TesseraError) return stamp;
  throw error;
}

/** Anything wrong with the index costs reading the files again. */
async function openIndex(storage: Storage, path: string): Promise<Lines<Known> | undefined> {
  try {
    return await openLines(storage, path, KNOWN);
  } catch (error) {
    if (error instanceof TesseraError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** The index in its order, with records that are new or take the place of others. */
function* withAdded(known: readonly Known[], added: ReadonlyMap<string, Known>): Generator<Known> {
  const left = new Map(added);
  for (const one of known) {
    yield left.get(one.file) ?? one;
    left.delete(one.file);
  }
  yield* left.values();
}

/** A project on a disk that cannot be written is looked at without an index. */
async function saveIndex(storage: Storage, path: string, records: Iterable<Known>): Promise<void> {
  try {
    await storage.makeDirectory(storage.dirname(path));
    await writeLines(storage, path, records);
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
  }
}
