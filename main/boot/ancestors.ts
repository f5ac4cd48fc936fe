import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { thisProcess } from '../../core/runtime/this-process.ts';

/** Between npm and what it runs there are a shell and a loader or two. */
const MOST_ANCESTORS = 6;
const LOOK_MS = 500;
const PACKAGE_RUNNER = /(^|[\\/\s])(npm|npx|pnpm|yarn|bun)(-cli)?(\.[cm]?js)?(\s|$)/;

/**
 * Calls `onEnd` once when the package runner that started this process ends, or a process between the two. A signal to
 * npm reaches its shell and goes no further, so that what it runs has to look for itself. Started otherwise, nothing is
 * watched: a program may outlive the shell that it was started from.
 */
export function watchPackageRunner(onEnd: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment['npm_lifecycle_event'] === undefined) return;
  const watched = ancestors().map((pid) => ({ pid, start: thisProcess.startOf?.(pid) }));
  const look = setInterval(() => {
    const isWhole = watched.every(
      ({ pid, start }) => thisProcess.isAlive(pid) && thisProcess.startOf?.(pid) === start,
    );
    if (isWhole) return;
    clearInterval(look);
    onEnd();
  }, LOOK_MS);
  look.unref();
}

/** The parent, and all above it up to the package runner; the parent alone where that is not found. */
function ancestors(): readonly number[] {
  const found = [process.ppid];
  if (process.platform === 'win32') return found;
  for (let pid = process.ppid; found.length < MOST_ANCESTORS;) {
    const [parent, command] = parentOf(pid);
    if (PACKAGE_RUNNER.test(command)) return found;
    if (parent <= 1) break;
    found.push(parent);
    pid = parent;
  }
  return found.slice(0, 1);
}

function parentOf(pid: number): readonly [parent: number, command: string] {
  try {
    if (process.platform !== 'linux') return parentByPs(pid);
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return [Number(parent), readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
  } catch {
    return [0, ''];
  }
}

function parentByPs(pid: number): readonly [parent: number, command: string] {
  const text = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const [, parent = '0', command = ''] = /^(\d+)\s+(.*)$/s.exec(text) ?? [];
  return [Number(parent), command];
}
