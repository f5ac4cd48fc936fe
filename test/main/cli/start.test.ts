import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../../..');
const SOURCES = ['package.json', 'core/a.ts', 'main/cli/tessera.ts', 'main/cli/start.mjs'];
const FOLDERS = ['core', 'main', 'main/cli'];

/** A program that says which of its forms was started, built at the hour 2 from sources of the hour 1. */
async function programCase() {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-start-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  for (const folder of ['core', 'main/cli', 'out/cli'])
    await mkdir(path.join(home, folder), { recursive: true });
  await copyFile(path.join(ROOT, 'main/cli/start.mjs'), path.join(home, 'main/cli/start.mjs'));
  await writeFile(path.join(home, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(home, 'core/a.ts'), '');
  const says = (form: string): string => `console.log('${form}', ...process.argv.slice(2))`;
  await writeFile(path.join(home, 'main/cli/tessera.ts'), `${says('sources')} satisfies void`);
  await writeFile(path.join(home, 'out/cli/tessera.js'), says('built'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(home, 'node_modules'));
  const setHour = (file: string, hour: number) => utimes(path.join(home, file), 3600 * hour, 3600 * hour);
  for (const file of [...SOURCES, ...FOLDERS]) await setHour(file, 1);
  await setHour('out/cli/tessera.js', 2);
  const start = async (): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['main/cli/start.mjs', 'devices'], {
      cwd: home,
    });
    return stdout.trim();
  };
  return { home, setHour, start };
}

describe('the start of the command line', () => {
  it('takes what was built from the sources as they are', async () => {
    const { start } = await programCase();
    expect(await start()).toBe('built devices');
  });

  it('takes the sources where one was changed since, or a file came or went', async () => {
    const { start, setHour } = await programCase();
    for (const changed of ['core/a.ts', 'package.json', 'main']) {
      await setHour(changed, 3);
      expect(await start(), changed).toBe('sources devices');
      await setHour(changed, 1);
    }
    expect(await start()).toBe('built devices');
  });

  it('takes the sources where nothing was built', async () => {
    const { home, start } = await programCase();
    await rm(path.join(home, 'out'), { recursive: true });
    expect(await start()).toBe('sources devices');
  });
});
