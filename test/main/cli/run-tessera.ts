import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject, vi } from 'vitest';
import { runCommand } from '../../../main/cli/run-command.ts';

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, which saves the start of another one; what it prints is caught. */
export async function tessera(...argv: readonly string[]): Promise<Outcome> {
  const printed = { stdout: '', stderr: '' };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text: string) => void (printed.stdout += `${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation((text: unknown) => {
      printed.stderr += `${text instanceof Error ? text.stack : String(text)}\n`;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      printed.stderr += String(text);
      return true;
    }),
  ];
  try {
    return { code: await runCommand(argv), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const PROJECT = path.join(import.meta.dirname, '../../..');

export interface ProcessOptions {
  /** From its source through tsx, as `npm run tessera` does, not built. @default false */
  readonly isSource?: boolean;
  /** Loads stop-at-write before the program. @default false */
  readonly stopsAtWrite?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** @default the project's folder */
  readonly cwd?: string;
  /** A program that starts it, with arguments: `setpriv --reuid=65534`. */
  readonly through?: readonly string[];
  /** Sees the process as soon as it runs, to send it signals. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs a command in a process of its own; in the lane that builds the command line. */
export function tesseraProcess(
  argv: readonly string[],
  {
    isSource = false,
    stopsAtWrite = false,
    env = {},
    through = [],
    cwd = PROJECT,
    onStart,
  }: ProcessOptions = {},
): Promise<Outcome> {
  const built = inject('builtCli');
  const stop = pathToFileURL(path.join(built, 'stop-at-write.js')).href;
  const loaders = [...(isSource ? ['--import', 'tsx'] : []), ...(stopsAtWrite ? ['--import', stop] : [])];
  const entry = isSource ? path.join(PROJECT, 'main/cli/tessera.ts') : path.join(built, 'tessera.js');
  const [program, ...before] = [...through, process.execPath];
  const child = spawn(program, [...before, ...loaders, entry, ...argv], {
    cwd,
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** What `explain --json` found, without what the clock and the folder's place add. */
export function findingsOf(stdout: string): unknown {
  const facts = JSON.parse(stdout) as Record<string, unknown>;
  const { class: subject, layer, concepts, reconstruction, skipped } = facts;
  return { subject, layer, concepts, reconstruction, skipped };
}
