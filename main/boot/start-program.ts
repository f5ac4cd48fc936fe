import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { watchPackageRunner } from './ancestors.ts';
import { electronSwitches, findElectron } from './electron-runtime.ts';

const ROOT = path.join(import.meta.dirname, '../..');
/** An end so soon after the start means that no window could be opened. */
const TOO_SOON_MS = 5000;

/** npm runs this in the project's folder; paths are meant from where the person stands. */
const FROM = process.env['INIT_CWD'] ?? process.cwd();
const passedOn = process.argv
  .slice(2)
  .map((argument) => (argument.startsWith('-') ? argument : path.resolve(FROM, argument)));
let child: ChildProcess | undefined;

/**
 * Makes the program ready, then opens its window, or serves the same workbench where there can be no window. The
 * program ends with whatever started this process.
 */
export async function startProgram(build: () => Promise<void>): Promise<void> {
  watchPackageRunner(() => {
    if (child === undefined) process.exit(1);
    child.kill('SIGTERM');
  });
  await build();
  const missing = displayMissing();
  const electron = missing === undefined ? electronProgram() : undefined;
  if (electron === undefined) serve(missing ?? 'no Electron runtime can be had here');
  else openWindow(electron);
}

function displayMissing(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const isNeeded = process.platform === 'linux';
  return isNeeded && !DISPLAY && !WAYLAND_DISPLAY ? 'there is no display' : undefined;
}

/** The runtime, downloaded by the script of its package where it is not there yet. */
function electronProgram(): string | undefined {
  const found = findElectron();
  if (found !== undefined || process.env['ELECTRON_OVERRIDE_DIST_PATH'] !== undefined) return found;
  const script = path.join(ROOT, 'node_modules/electron/install.js');
  spawnSync(process.execPath, [script], { stdio: 'ignore', timeout: 180_000 });
  return findElectron();
}

function openWindow(program: string): void {
  const begunMs = Date.now();
  child = spawn(program, [...electronSwitches(), ROOT, ...passedOn], { stdio: 'inherit' });
  passSignalsTo(child);
  child.on('error', (error) => serve(`Electron does not start (${error.message})`));
  child.on('exit', (code) => {
    if (code !== 0 && Date.now() - begunMs < TOO_SOON_MS) serve(`Electron ended at once (exit code ${code})`);
    else process.exitCode = code ?? 1;
  });
}

function serve(reason: string): void {
  process.stdout.write(
    `No window: ${reason}. The workbench is served here instead; open the address in a browser:\n`,
  );
  // The channel tells the host when this process ends, however it ends.
  child = spawn(process.execPath, [path.join(ROOT, 'out/main/host.js'), ...passedOn], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  passSignalsTo(child);
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}

function passSignalsTo(program: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => program.kill(signal));
}
