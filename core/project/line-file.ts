import type { z } from 'zod';
import type { Storage } from '../platform.ts';

/*
 * Lists of many records: one JSON value a line, so that none of them is ever one huge JSON text; the first line is the
 * SHA-256 of the lines below it.
 */

/** Writes a list, all or nothing. */
export async function writeLines(storage: Storage, path: string, records: Iterable<object>): Promise<void> {
  let text = '';
  for (const record of records) text += `${JSON.stringify(record)}\n`;
  await storage.writeAtomic(path, `${hashOf(storage, text)}\n${text}`);
}

/** Reads a list; undefined where there is none, or not the one that was written. */
export async function readLines<Shape extends z.ZodType>(
  storage: Storage,
  path: string,
  shape: Shape,
): Promise<z.infer<Shape>[] | undefined> {
  if (!(await storage.exists(path))) return undefined;
  const content = new TextDecoder().decode(await storage.readBytes(path));
  const end = content.indexOf('\n');
  const text = content.slice(end + 1);
  if (end < 0 || hashOf(storage, text) !== content.slice(0, end)) return undefined;
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => shape.parse(JSON.parse(line)));
}

function hashOf(storage: Pick<Storage, 'sha256'>, text: string): string {
  return storage.sha256(new TextEncoder().encode(text));
}
