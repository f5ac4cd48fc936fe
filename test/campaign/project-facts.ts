import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Fields that tell when something was done or how long it took. */
const TIMES = new Set(['created', 'elapsedMs', 'since', 'openedAt']);
/** Times as a report tells them: a date, and how long stages took. */
const TIMES_IN_TEXT = [
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?( UTC|Z)?/g,
  /\d{1,2} [A-Z][a-z]+ \d{4},? \d\d:\d\d( UTC)?/g,
  /\d+(\.\d+)?\s(ms|s|min|h)\b/g,
];

/** The bytes of what a project says, by file, without its times and its place; the cache and what may be lost is left out. */
export async function projectFacts(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((name) => !name.startsWith('cache/'))
    .sort();
  return new Map(await Promise.all(files.map(async (name) => [name, await factOf(folder, name)] as const)));
}

async function factOf(folder: string, name: string): Promise<string> {
  const bytes = await readFile(path.join(folder, name));
  if (name.endsWith('.json')) return placeless(timeless(bytes.toString('utf8')), folder);
  if (name.endsWith('.html')) {
    const text = TIMES_IN_TEXT.reduce((all, time) => all.replaceAll(time, 'TIME'), bytes.toString('utf8'));
    return placeless(text, folder);
  }
  return createHash('sha256').update(bytes).digest('hex');
}

function timeless(text: string): string {
  return JSON.stringify(
    JSON.parse(text, (key, value: unknown) => (TIMES.has(key) ? 'TIME' : value)),
    undefined,
    1,
  );
}

function placeless(text: string, folder: string): string {
  return text.replaceAll(folder, 'FOLDER').replaceAll(path.basename(folder), 'FOLDER');
}

/** What differs between two projects, a line each; empty where they say the same. */
export function differences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    if (one === other) return [];
    if (one === undefined || other === undefined) return [`${name}: only in one`];
    const at = [...one].findIndex((character, i) => character !== other[i]);
    return [
      `${name}: ${one.slice(Math.max(0, at - 60), at + 60)} / ${other.slice(Math.max(0, at - 60), at + 60)}`,
    ];
  });
}
