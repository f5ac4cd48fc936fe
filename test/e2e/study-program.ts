import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ROOT } from './built-program.ts';

/** `tessera study serve`, as a researcher runs it. */
export interface ServedProgram {
  /** The links that it printed, by participant. */
  readonly links: ReadonlyMap<number, string>;
  readonly output: () => string;
  /** As a power cut does. */
  kill(): Promise<void>;
  /** As Ctrl-C does; returns the exit code. */
  stop(): Promise<number | null>;
}

/** Serves a study and waits until it has said so. */
export async function serveStudy(
  project: string,
  study: string,
  participants: number,
): Promise<ServedProgram> {
  const script = path.join(ROOT, 'main/cli/tessera.ts');
  const argv = ['study', 'serve', project, study, '--participants', String(participants)];
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (text: string): void => {
      output += text;
      if (output.includes('Ctrl-C ends it')) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`study serve ended:\n${output}`)));
  });
  const found = [...output.matchAll(/^ +(\d+) +(http:\S+)$/gm)];
  return {
    links: new Map(found.map(([, number, link]) => [Number(number), link])),
    output: () => output,
    kill: () => ended(child, 'SIGKILL').then(() => undefined),
    stop: () => ended(child, 'SIGINT'),
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit') as Promise<[number | null]>;
  child.kill(signal);
  return (await exit)[0];
}
