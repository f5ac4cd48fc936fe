import { spawn } from 'node:child_process';

/** How a process ended: 0 done, 75 to be tried again, 2 for bad input; null where it was killed. */
export interface CommandOutcome {
  readonly code: number | null;
  /** How it ended, in a few words: "ended with 75", "killed (SIGKILL)". */
  readonly how: string;
  /** The end of what it said to people. */
  readonly said: string;
}

/** Runs a command of the command line in a process of its own and waits for its end. Never rejects; being stopped, it asks the process to end. */
export type RunCommand = (argv: readonly string[], signal: AbortSignal) => Promise<CommandOutcome>;

/** More of what a process says is not kept. */
const KEPT_CHARACTERS = 4000;

/** The end of what a process has said, after more of it. */
export const saidSoFar = (said: string, more: string): string => (said + more).slice(-KEPT_CHARACTERS);

/** Commands of a program, which is given up to the command: `node tessera.js`. */
export function commandsOf([file, ...before]: readonly string[]): RunCommand {
  return (argv, signal) =>
    new Promise((resolve) => {
      const child = spawn(file, [...before, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said = saidSoFar(said, text)));
      const onAbort = (): void => void child.kill('SIGTERM');
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort);
      const end = (code: number | null, how: string): void => {
        signal.removeEventListener('abort', onAbort);
        resolve({ code, how, said });
      };
      child.on('error', (error) => end(null, error.message));
      child.on('close', (code, killed) =>
        end(code, killed === null ? `ended with ${code}` : `killed (${killed})`),
      );
    });
}

/** The last line of what a process said. */
export const lastLine = (said: string): string => said.trimEnd().split('\n').at(-1) ?? '';

/** What a command said of why it failed: its message, and what to do; undefined where it said nothing of the kind. */
export function failureSaid(said: string): { readonly message: string; readonly hint?: string } | undefined {
  const lines = said.trimEnd().split('\n');
  const at = lines.findLastIndex((line) => line.startsWith('tessera: '));
  if (at === -1) return undefined;
  const hint = lines
    .slice(at + 1)
    .join(' ')
    .trim();
  return { message: lines[at].slice('tessera: '.length), ...(hint !== '' && { hint }) };
}
