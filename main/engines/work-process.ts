import type { ShardStage } from '../../core/project/work-plan.ts';
import { failureSaid, lastLine, type RunCommand } from './command-process.ts';

/** Which share of a plan a process computes, and how it is started. */
export interface WorkProcess {
  readonly run: RunCommand;
  readonly project: string;
  readonly stage: ShardStage;
  readonly shard: number;
  readonly of: number;
  /** Further options of `work`. */
  readonly arguments: readonly string[];
  readonly signal: AbortSignal;
}

/** How a worker ended: 0 done, 75 to be tried again, 2 for bad input; null where it was killed. */
interface WorkOutcome {
  readonly code: number | null;
  /** Why it ended otherwise than done, for people; empty where it is done. */
  readonly why: string;
}

/** Runs `tessera work` in a process of its own and waits for its end. Never rejects; being stopped, it asks the process to end. */
export async function runWork({
  run,
  project,
  stage,
  shard,
  of,
  signal,
  ...more
}: WorkProcess): Promise<WorkOutcome> {
  const own = ['work', '--shard', `${shard}/${of}`, '--stage', stage, ...more.arguments, '--', project];
  const { code, how, said } = await run(own, signal);
  if (code === 0) return { code, why: '' };
  const { message, hint } = failureSaid(said) ?? { message: lastLine(said) };
  return { code, why: [`${how}.`, message, hint ?? ''].join(' ').trim() };
}
