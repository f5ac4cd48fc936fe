import { constants, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { systemPath } from './system-path.ts';

/** What is at a path is no file whose content could be read. */
export class NotAFile extends Error {
  readonly code = 'ENOTFILE';
}

/**
 * Opens a file to read it. Whatever else has a name (a folder, pipe, socket or device) is refused at once by
 * {@link NotAFile}: opening a pipe would wait for somebody to write into it. Throws the system's own errors otherwise.
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const own = systemPath(path);
  requireFile(await stat(own));
  // Another thing may have taken its place since; without blocking, a pipe opens at once and is seen for what it is.
  const file = await open(own, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    requireFile(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function requireFile(stats: Stats): void {
  if (stats.isFile()) return;
  throw new NotAFile(`it is ${kindOf(stats)}, not a file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe (FIFO)';
  return stats.isSocket() ? 'a socket' : 'a device';
}
