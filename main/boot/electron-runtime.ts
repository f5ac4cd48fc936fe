import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PACKAGE = path.join(import.meta.dirname, '../../node_modules/electron');

/** Electron's program: of the runtime that ELECTRON_OVERRIDE_DIST_PATH names, else the installed one, if it is there. */
export function findElectron(): string | undefined {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const program = given === undefined ? installed() : path.join(given, name);
  return program !== undefined && existsSync(program) ? program : undefined;
}

function installed(): string | undefined {
  const pointer = path.join(PACKAGE, 'path.txt');
  if (!existsSync(pointer)) return undefined;
  return path.join(PACKAGE, 'dist', readFileSync(pointer, 'utf8').trim());
}

/** Chromium does not start as root with its sandbox; only containers have nobody else to be. */
export function electronSwitches(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
