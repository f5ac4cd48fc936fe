import { spawn } from 'node:child_process';
import type { ShardStage } from '../../core/project/work-plan.ts';
import type { Engine, Merges } from './engine.ts';

/** How a worker of this machine is started. */
export interface LocalWorkers {
  /** Program and arguments up to the command. */
  readonly program: readonly string[];
  /** What follows `work --shard … --stage …`. */
  readonly arguments: readonly string[];
  readonly shards: number;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** Processes of this machine, one a shard; whoever starts them merges. */
export function localEngine(
  { program, arguments: more, shards, signal, tell }: LocalWorkers,
  merged: Merges,
): Engine {
  const start = (stage: ShardStage, shard: number): Promise<void> =>
    new Promise((resolve) => {
      const [file, ...before] = program;
      const own = ['work', '--shard', `${shard}/${shards}`, '--stage', stage, ...more];
      const child = spawn(file, [...before, ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
      const onAbort = (): void => void child.kill('SIGTERM');
      signal.addEventListener('abort', onAbort);
      const end = (why: string): void => {
        signal.removeEventListener('abort', onAbort);
        if (why !== '') tell(`Shard ${shard} of ${shards}: ${why}. ${lastLine(said)}`.trim());
        resolve();
      };
      child.on('error', (error) => end(error.message));
      child.on('close', (code, killed) =>
        end(code === 0 ? '' : killed === null ? `ended with ${code}` : `killed (${killed})`),
      );
    });
  return {
    missing: (stage) => merged.merge(stage),
    finish: () => merged.finish(),
    async round(stage, wanted) {
      await Promise.all(wanted.map((shard) => start(stage, shard)));
      signal.throwIfAborted();
      return merged.merge(stage);
    },
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
