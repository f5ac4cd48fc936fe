import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { measure, ninetiethPercentile, roomOf, type Finding, type SourceFile } from './house/measure.ts';

/*
 * What the house keeps to, measured (CONTRIBUTING, "What is measured"). A room that grows beyond a bound is reported with
 * what is largest in it, so that one knows where to begin.
 */
const ROOT = path.join(import.meta.dirname, '..');
const FUNCTION_LINES = 40;
const FILE_LINES = 200;
const DOCUMENTED_SHARE = 0.95;

function sourcesIn(folder: string): SourceFile[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(ts|svelte)$/.test(name) && !/\.d\.ts$|\/(dist|node_modules)\//.test(name))
    .map((name) => ({ path: name, text: readFileSync(path.join(ROOT, name), 'utf8') }));
}

/** A list keyed by its item as a whole, or by a picture, file or sentence of it. */
const LIST_KEYED_BY_ITEM =
  /\{#each [^}]*? as (?:(\w+)(?:, \w+)? \(\1\)|[^}]+\}? \((?:\w+\.)?(?:picture|file|fileName|sentence|leans)\))\}/g;

const SOURCES = ['core', 'main', 'renderer'].flatMap(sourcesIn);
const ROOMS = new Map<string, SourceFile[]>();
for (const file of SOURCES) {
  const room = roomOf(file.path);
  ROOMS.set(room, [...(ROOMS.get(room) ?? []), file]);
}

/** What is wrong in a room, as text; empty where all is within the bounds. */
function faultsOf(room: string, files: readonly SourceFile[]): string[] {
  const { functions, files: lengths } = measure(files);
  return [...beyond('functions', functions, FUNCTION_LINES), ...beyond('files', lengths, FILE_LINES)].map(
    (fault) => `${room}: ${fault}`,
  );
}

function beyond(what: string, found: readonly Finding[], bound: number): string[] {
  const p90 = ninetiethPercentile(found.map(({ lines }) => lines));
  if (p90 <= bound) return [];
  const worst = [...found].sort((a, b) => b.lines - a.lines).slice(0, 8);
  const list = worst.map(({ where, lines }) => `  ${lines} lines  ${where}`);
  return [[`the 90th percentile of ${what} has ${p90} lines, allowed are ${bound}`, ...list].join('\n')];
}

function undocumented(files: readonly SourceFile[]): string[] {
  const { exports } = measure(files);
  const bare = exports.filter(({ isDocumented }) => !isDocumented);
  if (1 - bare.length / exports.length >= DOCUMENTED_SHARE) return [];
  const share = `${exports.length - bare.length} of ${exports.length} exported items have a docstring`;
  return [`${share}, wanted are 95 %:`, ...bare.map(({ where }) => `  ${where}`)];
}

describe('the house', () => {
  it.each([...ROOMS])('keeps functions and files short in %s', (room, files) => {
    expect(faultsOf(room, files).join('\n')).toBe('');
  });

  it.each(['core', 'main'])('says what everything exported in %s is', (part) => {
    const files = SOURCES.filter(({ path: file }) => file.startsWith(`${part}/`));
    expect(undocumented(files).join('\n')).toBe('');
  });

  // Svelte stops the page where two keys are equal; two concepts may share a crop, two classes a name, two files a reason.
  it('keys no list by what it shows, which may be there twice', () => {
    const keyed = SOURCES.filter(({ path: file }) => file.endsWith('.svelte')).flatMap(
      ({ path: file, text }) => [...text.matchAll(LIST_KEYED_BY_ITEM)].map(([list]) => `${file}: ${list}`),
    );
    expect(keyed.join('\n')).toBe('');
    expect('{#each run.cover as id (id)}').toMatch(LIST_KEYED_BY_ITEM);
    expect('{#each some as { file, reason: why } (file)}').toMatch(LIST_KEYED_BY_ITEM);
  });

  it('is seen whole: every room has functions, and components are among them', () => {
    expect(ROOMS.size).toBeGreaterThan(20);
    const { functions } = measure(SOURCES);
    expect(functions.length).toBeGreaterThan(2000);
    expect(functions.some(({ where }) => /\.svelte:\d+ /.test(where))).toBe(true);
  });
});

describe('the measure', () => {
  const lines = (count: number): string => Array.from({ length: count }, (_, i) => `  use(${i});`).join('\n');

  it('finds a planted function that is too long, in whatever form', () => {
    const forms = [
      `export function planted(): void {\n${lines(60)}\n}`,
      `const planted = () => {\n${lines(60)}\n};`,
      `class Room {\n  planted(): void {\n${lines(60)}\n  }\n}`,
      `const room = {\n  planted: function () {\n${lines(60)}\n  },\n};`,
    ];
    for (const text of forms) {
      const [fault] = faultsOf('core/planted', [{ path: 'core/planted/a.ts', text }]);
      expect(fault).toMatch(
        /functions has 62 lines, allowed are 40\n {2}62 lines {2}core\/planted\/a\.ts:\d planted/,
      );
    }
  });

  it('finds one in a component, on its line', () => {
    const text = `<p>above</p>\n<script lang="ts">\n  function planted() {\n${lines(60)}\n  }\n</script>\n<p>below</p>`;
    const [fault] = faultsOf('renderer/panels', [{ path: 'renderer/panels/A.svelte', text }]);
    expect(fault).toContain('62 lines  renderer/panels/A.svelte:3 planted');
  });

  it('finds planted files that are too long', () => {
    const faults = faultsOf('core/planted', [{ path: 'core/planted/a.ts', text: lines(201) }]);
    expect(faults).toEqual([expect.stringContaining('files has 201 lines, allowed are 200')]);
    expect(faultsOf('core/planted', [{ path: 'core/planted/a.ts', text: lines(200) }])).toEqual([]);
  });

  it('finds what is exported without a docstring, and not what is passed on', () => {
    const text = `
      /** Said. */ export const said = 1;
      export const silent = 2;
      /* No docstring. */ export interface Mute {}
      export { elsewhere } from './elsewhere.ts';
      const own = 3;`;
    expect(undocumented([{ path: 'core/planted/a.ts', text }])).toEqual([
      '1 of 3 exported items have a docstring, wanted are 95 %:',
      '  core/planted/a.ts:3 silent',
      '  core/planted/a.ts:4 Mute',
    ]);
  });

  it('takes the nearest rank', () => {
    expect(ninetiethPercentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 100])).toBe(9);
    expect(ninetiethPercentile([5])).toBe(5);
    expect(ninetiethPercentile([])).toBe(0);
  });
});
