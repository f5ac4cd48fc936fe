import { availableParallelism } from 'node:os';
import { TesseraError } from '../../core/errors.ts';
import type { Project } from '../../core/project/project-folder.ts';
import type { ShardStage, WorkPlan } from '../../core/project/work-plan.ts';
import { loadWorkRecords } from '../../core/project/work-records.ts';
import { failureSaid, lastLine, type CommandOutcome, type RunCommand } from './command-process.ts';
import type { Merges, MissingPieces } from './engine.ts';

/** A plan, and how its commands are started. */
export interface CommandMerges {
  readonly project: Project;
  readonly plan: WorkPlan;
  readonly run: RunCommand;
  readonly signal: AbortSignal;
  /** Hears what begins: a merge of a stage, or the run. */
  readonly onStep: (step: 'merge' | 'run') => void;
}

/** Merges in processes of their own, so that whoever submits opens no model and holds no lock. */
export function commandMerges({ project, plan, run, signal, onStep }: CommandMerges): Merges {
  const merge = async (more: readonly string[]): Promise<CommandOutcome> => {
    const threads = ['--threads', String(availableParallelism())];
    const outcome = await run(['merge', ...more, ...threads, '--', project.folder], signal);
    signal.throwIfAborted();
    return outcome;
  };
  return {
    async merge(stage) {
      onStep('merge');
      const sinceMs = Date.now();
      const outcome = await merge(['--stage', stage]);
      const found = await mergedSince({ project, plan }, stage, sinceMs);
      if (found === undefined) throw commandFailure(outcome);
      return found;
    },
    async finish() {
      onStep('run');
      const outcome = await merge([]);
      if (outcome.code !== 0) throw commandFailure(outcome);
    },
  };
}

/** What a merge has found of a stage since a time (ms since the epoch); undefined where none has ended since. */
export async function mergedSince(
  { project, plan }: { readonly project: Project; readonly plan: WorkPlan },
  stage: ShardStage,
  sinceMs: number,
): Promise<MissingPieces | undefined> {
  const { merged } = await loadWorkRecords(project, plan.key);
  return merged.find((one) => one.stage === stage && one.atMs >= sinceMs);
}

/** Why a command failed, in its own words where it said any: 'bad-usage' for what is not to be tried again, else 'storage'. */
export function commandFailure({ code, how, said }: CommandOutcome): TesseraError {
  const { message, hint } = failureSaid(said) ?? {
    message: `A process of the run ${how}: ${lastLine(said)}`,
  };
  return new TesseraError(code === 2 ? 'bad-usage' : 'storage', message, {
    ...(hint !== undefined && { hint }),
  });
}
