import { constants, copyFile, link, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './storage-error.ts';
import { temporaryIn } from './temporary-names.ts';

/**
 * Replaces a file's content, all or nothing: a temporary file in the same folder, flushed to the disk, then renamed
 * over the target; the folder is flushed too, so that the rename survives a power cut. Whatever fails, the old
 * content is kept and the temporary file is removed.
 *
 * Throws the system's own error. A symbolic link at `path` is replaced, not followed.
 */
export async function writeAtomic(
  path: string,
  bytes: Uint8Array | string | Iterable<Uint8Array>,
): Promise<void> {
  const draft = await writeDraft(path, bytes);
  try {
    await putInPlace(draft, path);
  } finally {
    await dropDraft(draft);
  }
}

/** Writes what a file will hold beside it, flushed to the disk, and returns where. Throws the system's own error, with nothing left. */
export async function writeDraft(
  path: string,
  bytes: Uint8Array | string | Iterable<Uint8Array>,
): Promise<string> {
  const draft = temporaryIn(dirname(path));
  try {
    await writeAndFlush(await open(draft, 'wx'), bytes);
    return draft;
  } catch (error) {
    await dropDraft(draft);
    throw error;
  }
}

/** Renames a draft over the file that it was written for. Throws the system's own error. */
export async function putInPlace(draft: string, path: string): Promise<void> {
  await renameOver(draft, path);
  await flushFolder(dirname(path));
}

/** Removes a draft, where it was not put in place. */
export async function dropDraft(draft: string): Promise<void> {
  await rm(draft, { force: true }).catch(() => undefined);
}

/**
 * Writes a file whole where there is none: of several that try at once, in whatever process, one succeeds. Returns
 * false where there is a file. Throws the system's own error.
 */
export async function createNew(path: string, text: string): Promise<boolean> {
  const temporary = temporaryIn(dirname(path));
  try {
    const file = await open(temporary, 'wx');
    await writeAndFlush(file, text);
    await linkOrCopy(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Adds text at the end of a file, there or not, flushed to the disk. Throws the system's own error; a part may be there then. */
export async function append(path: string, text: string): Promise<void> {
  await writeAndFlush(await open(path, 'a'), text);
  // A file that was not there before has its name flushed, too.
  await flushFolder(dirname(path));
}

/** Not every file system has links; a copy that must be new is there at once too, but for a moment empty. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

async function writeAndFlush(
  file: FileHandle,
  bytes: Uint8Array | string | Iterable<Uint8Array>,
): Promise<void> {
  try {
    // Node's types know pieces only from streams; it takes any iterable.
    await file.writeFile(bytes as Uint8Array);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** On Windows a virus scanner may hold the target for a moment; wait for it a little. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const held = ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '');
      if (process.platform !== 'win32' || !held || attempt === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt));
    }
  }
}

/** Not every system can flush a folder (Windows cannot), and the content is safe without it. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    return;
  }
}
