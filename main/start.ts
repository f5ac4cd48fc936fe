import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildAll } from './build.ts';

/* `npm start`: builds, then opens the window, or serves the same workbench where there can be no window. */

const ROOT = path.join(import.meta.dirname, '..');
/** An end so soon after the start means that no window could be opened. */
const TOO_SOON_MS = 5000;

/** npm runs this in the project's folder; paths are meant from where the person stands. */
const FROM = process.env['INIT_CWD'] ?? process.cwd();
const passedOn = process.argv
  .slice(2)
  .map((argument) => (argument.startsWith('-') ? argument : path.resolve(FROM, argument)));
await buildAll();
const missing = displayMissing();
const electron = missing === undefined ? electronPath() : undefined;
if (electron === undefined) serve(missing ?? 'no Electron runtime can be had here');
else openWindow(electron);

function displayMissing(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const isNeeded = process.platform === 'linux';
  return isNeeded && !DISPLAY && !WAYLAND_DISPLAY ? 'there is no display' : undefined;
}

/** Electron's program, downloaded by its own script where it is not there yet. */
function electronPath(): string | undefined {
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given !== undefined) return existsSync(path.join(given, name)) ? path.join(given, name) : undefined;
  const folder = path.join(ROOT, 'node_modules/electron');
  if (!existsSync(path.join(folder, 'path.txt'))) {
    spawnSync(process.execPath, [path.join(folder, 'install.js')], { stdio: 'ignore', timeout: 180_000 });
  }
  if (!existsSync(path.join(folder, 'path.txt'))) return undefined;
  const program = path.join(folder, 'dist', readFileSync(path.join(folder, 'path.txt'), 'utf8').trim());
  return existsSync(program) ? program : undefined;
}

function openWindow(program: string): void {
  const begunMs = Date.now();
  const child = spawn(program, [...switches(), ROOT, ...passedOn], { stdio: 'inherit' });
  child.on('error', (error) => serve(`Electron does not start (${error.message})`));
  child.on('exit', (code) => {
    if (code !== 0 && Date.now() - begunMs < TOO_SOON_MS) serve(`Electron ended at once (exit code ${code})`);
    else process.exitCode = code ?? 1;
  });
}

/** Chromium does not start as root with its sandbox; only containers have nobody else. */
function switches(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

function serve(reason: string): void {
  process.stdout.write(
    `No window: ${reason}. The workbench is served here instead; open the address in a browser:\n`,
  );
  const child = spawn(process.execPath, [path.join(ROOT, 'out/main/host.js'), ...passedOn], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
