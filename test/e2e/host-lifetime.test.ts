import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { thisProcess } from '../../core/runtime/this-process.ts';
import { ROOT } from './built-program.ts';
import { childProcesses, removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import { openSession } from './host-session.ts';

describe.skipIf(process.platform === 'win32')('a host started by npm', { timeout: 120_000 }, () => {
  let folder: string;
  const home = temporaryHome();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-npm-'));
    const tsx = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');
    const start = `"${process.execPath}" "${tsx}" "${path.join(ROOT, 'test/e2e/start-built.ts')}"`;
    // The shell must stay between, as it does where it runs more than one thing.
    const scripts = { start: `${start} && true` };
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'x', private: true, scripts }));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
    removeHome(home);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends with its children when npm gets %s', async (signal) => {
    const npm = spawn('npm', ['start'], {
      cwd: folder,
      env: { ...process.env, TESSERA_HOME: home, DISPLAY: '', WAYLAND_DISPLAY: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [npm.stdout, npm.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => (output += part));
    await expect.poll(() => /^http:\S+$/m.exec(output)?.[0] ?? output, { timeout: 60_000 }).toMatch(/^http:/);
    const address = /^http:\S+$/m.exec(output)![0];
    const session = await openSession({ address, port: Number(new URL(address).port) });
    await session.call('openDemo');
    const all = descendants(npm.pid!);
    expect(all.map(({ command }) => command)).toEqual(
      expect.arrayContaining([expect.stringMatching(/host\.js/), expect.stringMatching(/ viewer$/)]),
    );
    npm.kill(signal);
    await once(npm, 'exit');
    await expect
      .poll(() => all.filter(({ pid }) => thisProcess.isAlive(pid)).map(({ command }) => command), {
        timeout: 15_000,
      })
      .toEqual([]);
  });

  function descendants(pid: number): ReturnType<typeof childProcesses> {
    return childProcesses(pid).flatMap((child) => [child, ...descendants(child.pid)]);
  }
});

describe('two hosts on one home', { timeout: 120_000 }, () => {
  const home = temporaryHome();
  const running: HostProgram[] = [];
  const start = async (): Promise<HostProgram> => {
    const host = await startHost(home);
    running.push(host);
    return host;
  };

  afterEach(async () => {
    await Promise.all(running.splice(0).map((host) => host.stop()));
  });
  afterAll(() => removeHome(home));

  async function upload(host: HostProgram, drop: string): Promise<string> {
    const session = await openSession(host);
    const { text } = await session.post(`/uploads?drop=${drop}&place=a.jpg`, 'picture');
    const { value } = JSON.parse(text) as { value: string };
    expect(existsSync(value)).toBe(true);
    return value;
  }

  it('leaves the uploads of the first alone, and takes those of hosts that have ended', async () => {
    const old = path.join(home, 'uploads/of-an-ended-host');
    await mkdir(old, { recursive: true });
    await writeFile(path.join(old, 'b.jpg'), 'picture');
    await utimes(old, new Date(0), new Date(Date.now() - 60_000));
    const first = await start();
    expect(existsSync(old), 'what no living host was sent').toBe(false);
    const fresh = await upload(first, 'fresh');
    const second = await start();
    expect(existsSync(fresh), 'an upload of a host that runs').toBe(true);
    await second.stop();
    expect(existsSync(fresh)).toBe(true);
    await first.stop();
    await start();
    expect(existsSync(fresh), 'an upload that nobody can use any more').toBe(false);
  });

  it('takes the uploads of a host that was killed', async () => {
    const first = await start();
    const lost = await upload(first, 'lost');
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => thisProcess.isAlive(first.pid)).toBe(false);
    await start();
    expect(existsSync(lost)).toBe(false);
  });
});
