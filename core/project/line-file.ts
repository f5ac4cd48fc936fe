import type { z } from 'zod';
import { lazyList } from '../lazy-list.ts';
import type { Storage } from '../platform.ts';

/*
 * Lists of many records: one JSON value a line, so that none of them is ever one huge JSON text; the first line is the
 * SHA-256 of the lines below it.
 */

/** Writes a list, all or nothing. */
export async function writeLines(storage: Storage, path: string, records: Iterable<object>): Promise<void> {
  let text = '';
  for (const record of records) text += `${JSON.stringify(record)}\n`;
  const body = new TextEncoder().encode(text);
  await storage.writeAtomic(path, [new TextEncoder().encode(`${storage.sha256(body)}\n`), body]);
}

/** Reads a list; undefined where there is none, or not the one that was written. Throws ZodError for another shape. */
export async function readLines<Shape extends z.ZodType>(
  storage: Storage,
  path: string,
  shape: Shape,
): Promise<z.infer<Shape>[] | undefined> {
  const lines = await openLines(storage, path, shape);
  return lines && [...lines.records];
}

/** A list whose records are made of their lines when they are asked for. */
export interface Lines<T> {
  readonly records: readonly T[];
  /** Place of the record whose first field is this text; undefined where there is none. */
  placeOf(first: string): number | undefined;
  /** That record itself. */
  find(first: string): T | undefined;
}

/**
 * Opens a list as {@link readLines} does, but parses a record when it is asked for, and finds one by its first field without
 * parsing any: memory is that of the file. Throws ZodError where the first record is of another shape.
 */
export async function openLines<Shape extends z.ZodType>(
  storage: Pick<Storage, 'exists' | 'readBytes' | 'sha256'>,
  path: string,
  shape: Shape,
): Promise<Lines<z.infer<Shape>> | undefined> {
  if (!(await storage.exists(path))) return undefined;
  const bytes = await storage.readBytes(path);
  const start = bytes.indexOf(NEWLINE) + 1;
  const body = bytes.subarray(start);
  if (start === 0 || storage.sha256(body) !== textOf(bytes.subarray(0, start - 1))) return undefined;
  const ends = lineEnds(body);
  const lineAt = (at: number): Uint8Array => body.subarray(at === 0 ? 0 : ends[at - 1] + 1, ends[at]);
  const records = lazyList(ends.length, (at) => shape.parse(JSON.parse(textOf(lineAt(at)))));
  // Lines of another version are all of another shape: told now, not when somebody comes to ask.
  void records[0];
  let places: ReadonlyMap<string, number> | undefined;
  const placeOf = (first: string): number | undefined => {
    places ??= new Map(Array.from(ends, (_, at) => [firstText(lineAt(at)), at]));
    return places.get(JSON.stringify(first));
  };
  return {
    records,
    placeOf,
    find: (first) => {
      const place = placeOf(first);
      return place === undefined ? undefined : records[place];
    },
  };
}

const [NEWLINE, QUOTE, BACKSLASH, COLON] = [...'\n"\\:'].map((sign) => sign.charCodeAt(0));
const DECODER = new TextDecoder();

function textOf(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

function lineEnds(body: Uint8Array): Float64Array {
  const ends: number[] = [];
  for (let end = body.indexOf(NEWLINE); end >= 0; end = body.indexOf(NEWLINE, end + 1)) ends.push(end);
  return Float64Array.from(ends);
}

/** The first value of an object's line as it is written, quotes and all: `{"file":"a.jpg",…` has `"a.jpg"`. */
function firstText(line: Uint8Array): string {
  const begin = line.indexOf(COLON) + 1;
  let end = line.indexOf(QUOTE, begin + 1);
  while (line[end - 1] === BACKSLASH && isEscaped(line, end)) end = line.indexOf(QUOTE, end + 1);
  return textOf(line.subarray(begin, end + 1));
}

/** Does an odd number of backslashes stand before it? */
function isEscaped(line: Uint8Array, at: number): boolean {
  let before = at;
  while (line[before - 1] === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}
