import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const ROOT = path.join(import.meta.dirname, '../..');

const OUT = path.join(ROOT, 'out');
const STAMP = path.join(OUT, 'built');
const LOCK = path.join(ROOT, 'node_modules/.building');
const SOURCES = ['core', 'main', 'renderer', 'package.json'];
const STALE_LOCK_MS = 180_000;

/** Builds the program into out/ unless it is there and no source is newer; test files that ask at once wait. */
export async function buildProgram(): Promise<void> {
  for (;;) {
    if (!existsSync(LOCK) && isBuilt()) return;
    if (takeLock()) break;
    await pause(500);
  }
  try {
    if (isBuilt()) return;
    rmSync(STAMP, { force: true });
    const begun = new Date();
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'main/build/build.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
    writeFileSync(STAMP, '');
    utimesSync(STAMP, begun, begun);
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function isBuilt(): boolean {
  if (!existsSync(STAMP)) return false;
  return Math.max(...SOURCES.map((name) => newest(path.join(ROOT, name)))) <= statSync(STAMP).mtimeMs;
}

function newest(file: string): number {
  const facts = statSync(file);
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

/** A folder can be made once. One that a test left behind when it was killed does not count for ever. */
function takeLock(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    const age = existsSync(LOCK) ? Date.now() - statSync(LOCK).mtimeMs : 0;
    if (age > STALE_LOCK_MS) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}
