import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');

const OUT = path.join(ROOT, 'out');
const STAMP = path.join(OUT, 'built');
const SOURCES = ['core', 'main', 'renderer', 'package.json', 'THIRD-PARTY-NOTICES.txt'];

/** Builds the program into out/ unless it is there and no source is newer. */
export function buildProgram(): void {
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
