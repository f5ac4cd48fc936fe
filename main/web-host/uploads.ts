import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TesseraError } from '../../core/errors.ts';

/**
 * Keeps one file that a page sent, at its place among the files of the same drop, and returns the path of the folder or
 * file at the top of that place. Rejects with 'bad-usage' for a place that would leave the drop's own folder.
 */
export async function takeUpload(
  uploads: string,
  drop: string,
  place: string,
  content: Readable,
): Promise<string> {
  const parts = place.split('/');
  const isSafe =
    /^[\w-]{1,64}$/.test(drop) &&
    parts.length <= 64 &&
    parts.every(
      (part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part) && part.length < 256,
    );
  if (!isSafe) throw new TesseraError('bad-usage', 'The name of a dropped file is not usable.');
  const folder = path.join(uploads, drop);
  const target = path.join(folder, ...parts);
  await mkdir(path.dirname(target), { recursive: true });
  await pipeline(content, createWriteStream(target));
  return path.join(folder, parts[0]);
}
