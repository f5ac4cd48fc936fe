import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './built-program.ts';

/** The loopback host as `npm start` runs it, with a home of its own. */
export interface HostProgram {
  /** With the one-time token. */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** Everything that the program keeps. */
  readonly home: string;
  /** What it has printed. */
  readonly output: () => string;
  /** Ends it as Ctrl-C does; the home stays. */
  stop(): Promise<void>;
}

export function temporaryHome(): string {
  return mkdtempSync(path.join(tmpdir(), 'tessera-host-'));
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true });
}

/** Starts the built host; rejects with what it printed when it ends before it has printed its address. */
export async function startHost(home: string, paths: readonly string[] = []): Promise<HostProgram> {
  const child = spawn(process.execPath, [path.join(ROOT, 'out/main/host.js'), ...paths], {
    env: { ...process.env, TESSERA_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    const listen = (text: string): void => {
      output += text;
      const found = /^http:\S+$/m.exec(output)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the host ended:\n${output}`)));
  });
  return {
    address,
    port: Number(new URL(address).port),
    pid: child.pid!,
    home,
    output: () => output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Processes that a process has started, by their command line (Linux). */
export function childProcesses(
  parent: number,
): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return Number(fields[1]) === parent ? [{ pid: Number(name), command }] : [];
      } catch {
        // It ended while it was looked at.
        return [];
      }
    });
}
