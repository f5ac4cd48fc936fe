import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const execute = promisify(execFile);

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

async function cruise(...given: string[]): Promise<Cruise> {
  const cli = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cli, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...given];
  // The tool's exit code counts violations; its output is what is looked at here.
  const { stdout } = await execute(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 28 }).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(stdout) as Cruise;
}

type Rooms = Readonly<Record<string, readonly string[] | null>>;

const { ROOMS } = (await import(pathToFileURL(path.join(ROOT, '.dependency-cruiser.mjs')).href)) as {
  readonly ROOMS: Rooms;
};

/** The rooms as CONTRIBUTING draws them: `room ─▶ others`, going on in the lines below, and what the room is for. */
function drawnRooms(text: string): Rooms {
  const picture = text.slice(text.indexOf('\nmain\n'), text.indexOf('\n```', text.indexOf('\nmain\n')));
  const drawn: Record<string, string[]> = {};
  let [house, room] = ['', ''];
  for (const line of picture.split('\n')) {
    const isRoom = line.includes('─▶');
    if (/^\w/.test(line)) house = line;
    if (isRoom) drawn[(room = `${house}/${line.trim().split(' ')[0]}`)] = [];
    const others = isRoom ? line.split('─▶ ')[1].split(/ {2,}/)[0] : /^ {19}\S/.test(line) ? line.trim() : '';
    drawn[room]?.push(...others.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()])));
  }
  const whole = (owner: string, name: string): string =>
    name === 'core' || name.includes('/') ? name : `${owner.split('/')[0]}/${name}`;
  return Object.fromEntries(
    Object.entries(drawn).map(([owner, names]) => {
      if (names[0] === 'alone') return [owner, null];
      return [owner, names[0] === 'nothing' ? [] : names.map((name) => whole(owner, name)).sort()];
    }),
  );
}

/** Breaches of the rules about installed packages, Node.js, tests and the toolkit's files: rule, folder, what it imports. */
const OTHER_BREACHES = [
  ['kernel-sources-are-not-shipped', 'core/linalg', 'wabt'],
  ['native-libraries-only-in-runtime', 'core/linalg', 'sharp'],
  ['no-node-builtins-in-core', 'core/linalg', 'node:fs'],
  ['tensor-library-only-in-implicit', 'core/linalg', '@tensorflow/tfjs-core'],
  ['toolkit-by-its-name', 'core/experiments', '../../implicit/constant.ts'],
  ['toolkit-stands-alone', 'core/implicit', 'zod'],
  ['toolkit-stands-alone', 'core/implicit', '../../random.ts'],
  ['no-unresolved', 'core/linalg', './not-there.ts'],
  ['renderer-sees-only-contract-and-wording', 'renderer', 'tfjs-implicit'],
  ['renderer-sees-only-contract-and-wording', 'renderer', '../../core/report/trust-verdict.ts'],
  ['renderer-sees-only-contract-and-wording', 'renderer', '../../main/api/channels.ts'],
  ['doors-of-core/linalg', 'core/linalg', '../../../test/lanes/chromium.ts'],
  ['every-room-is-in-the-table', 'core/unheard', '../../random.ts'],
  ['every-room-is-in-the-table', 'main/unheard', '../../../core/random.ts'],
] as const;

/** Where a room's planted sources lie; of core's own files there is a room to import from, but none to plant in. */
const HOMES = Object.keys(ROOMS).filter((room) => room !== 'core/*');
const planted = (room: string): string => `${room}/planted`;

/** TypeScript sources below a folder, declarations aside. */
async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(ROOT, folder), { recursive: true });
  return entries.filter((entry) => entry.endsWith('.ts') && !entry.endsWith('.d.ts'));
}

/** A file of a room, for another to import. */
async function doorOf(room: string): Promise<string> {
  if (room === 'core/*') return 'core/random.ts';
  if (room === 'core/implicit') return 'core/implicit/index.ts';
  const [first] = (await readdir(path.join(ROOT, room))).filter((name) => /^[\w-]+\.ts$/.test(name)).sort();
  return `${room}/${first}`;
}

async function plant(file: string, imports: readonly string[]): Promise<void> {
  await mkdir(path.join(ROOT, path.dirname(file)), { recursive: true });
  await writeFile(path.join(ROOT, file), imports.map((one) => `import '${one}';\n`).join(''));
}

/** May a room import from another, as the table says? */
function mayImport(room: string, other: string): boolean {
  const others = ROOMS[room];
  if (room === other) return true;
  if (others === null) return false;
  return (
    other === 'core/*' || others.includes(other) || (others.includes('core') && other.startsWith('core/'))
  );
}

describe('the dependency rules', () => {
  afterEach(async () => {
    const folders = [...HOMES.map(planted), 'renderer/planted', 'core/unheard', 'main/unheard'];
    for (const folder of folders) await rm(path.join(ROOT, folder), { recursive: true, force: true });
  });

  it('are those that CONTRIBUTING draws, of every room there is', async () => {
    const text = await readFile(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8');
    const table = Object.entries(ROOMS).map(([room, others]) => [room, others && [...others].sort()]);
    expect(drawnRooms(text)).toEqual(Object.fromEntries(table));
    for (const house of ['core', 'main']) {
      const entries = await readdir(path.join(ROOT, house), { withFileTypes: true });
      const rooms = entries.filter((one) => one.isDirectory() && one.name !== 'node_modules');
      expect(Object.keys(ROOMS)).toEqual(expect.arrayContaining(rooms.map(({ name }) => `${house}/${name}`)));
    }
  });

  it('hold, and the checker sees every source file of core', async () => {
    const { modules, summary } = await cruise('core');
    expect(summary.violations.map(({ rule }) => rule.name)).toEqual([]);
    const seen = modules.filter(({ source }) => /^core\/.*(?<!\.d)\.ts$/.test(source));
    expect(seen).toHaveLength((await sources('core')).length);
  });

  it('refuse exactly the doors that the table does not name, and every other planted breach', async () => {
    const doors = new Map<string, string>();
    for (const room of Object.keys(ROOMS)) doors.set(room, await doorOf(room));
    for (const room of HOMES) {
      const imports = [...doors.values()].map((door) =>
        door === 'core/implicit/index.ts' && room !== 'core/implicit'
          ? 'tfjs-implicit'
          : path.posix.relative(planted(room), door),
      );
      await plant(`${planted(room)}/doors.ts`, imports);
    }
    for (const [i, [, room, from]] of OTHER_BREACHES.entries()) {
      await plant(`${room.endsWith('unheard') ? room : planted(room)}/breach${i}.ts`, [from]);
    }
    const folders = [...HOMES.map(planted), 'renderer/planted', 'core/unheard', 'main/unheard'];
    const { summary } = await cruise('--max-depth', '1', ...folders);
    const found = new Set(summary.violations.map(({ from, to }) => `${from} > ${to}`));
    for (const room of HOMES) {
      const refused = [...doors].filter(([, door]) => found.has(`${planted(room)}/doors.ts > ${door}`));
      const others = [...doors.keys()].filter((other) => !mayImport(room, other));
      expect(
        refused.map(([other]) => other),
        room,
      ).toEqual(others);
    }
    const rules = summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
    for (const [i, [rule, room]] of OTHER_BREACHES.entries()) {
      expect(rules).toContain(`${room.endsWith('unheard') ? room : planted(room)}/breach${i}.ts ${rule}`);
    }
  });
});
