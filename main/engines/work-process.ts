import { spawn } from 'node:child_process';
import type { ShardStage } from '../../core/project/work-plan.ts';

/** Which share of a plan a process computes, and how it is started. */
export interface WorkProcess {
  /** Program and arguments up to the command. */
  readonly program: readonly string[];
  readonly project: string;
  readonly stage: ShardStage;
  readonly shard: number;
  readonly of: number;
  /** Further options of `work`. */
  readonly arguments: readonly string[];
  readonly signal: AbortSignal;
}

/** How a process ended: 0 done, 75 to be tried again, 2 for bad input; null where it was killed. */
export interface WorkOutcome {
  readonly code: number | null;
  /** Why it ended otherwise than done, for people; empty where it is done. */
  readonly why: string;
}

/** More of what a process says is not kept. */
const KEPT_CHARACTERS = 4000;

/** Runs `tessera work` in a process of its own and waits for its end. Never rejects; being stopped, it asks the process to end. */
export function runWork({
  program,
  project,
  stage,
  shard,
  of,
  signal,
  ...more
}: WorkProcess): Promise<WorkOutcome> {
  const [file, ...before] = program;
  const own = ['work', '--shard', `${shard}/${of}`, '--stage', stage, ...more.arguments, '--', project];
  return new Promise((resolve) => {
    const child = spawn(file, [...before, ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (said = (said + text).slice(-KEPT_CHARACTERS)));
    const onAbort = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', onAbort);
    const end = (code: number | null, why: string): void => {
      signal.removeEventListener('abort', onAbort);
      resolve({ code, why: code === 0 ? '' : `${why}. ${lastLine(said)}`.trim() });
    };
    child.on('error', (error) => end(null, error.message));
    child.on('close', (code, killed) =>
      end(code, killed === null ? `ended with ${code}` : `killed (${killed})`),
    );
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
