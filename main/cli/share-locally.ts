import { availableParallelism } from 'node:os';
import type { RunOptions } from '../../core/concepts/run-options.ts';
import { TesseraError } from '../../core/errors.ts';
import { withMissingStamps } from '../../core/pipeline/picture-stamps.ts';
import type { OpenQuestion, Question } from '../../core/pipeline/question.ts';
import type { WorkScope } from '../../core/pipeline/run-context.ts';
import { planWork } from '../../core/pipeline/shards/plan-work.ts';
import { openShardedRun } from '../../core/pipeline/shards/sharded-run.ts';
import { mergeStage } from '../../core/pipeline/shards/work-shard.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { commandsOf } from '../engines/command-process.ts';
import { localEngine } from '../engines/local.ts';
import { submitWork } from '../engines/submit-work.ts';
import { programHere } from './program-here.ts';

/**
 * Lets processes of this machine compute what a run needs of each image, before the run itself, which then finds it. The caller
 * holds the project's lock.
 *
 * Throws TesseraError 'bad-usage' where more than one class or layer is asked for.
 */
export async function shareLocally(
  scope: WorkScope,
  question: Question | OpenQuestion,
  options: RunOptions,
  shards: number,
  signal: AbortSignal,
): Promise<void> {
  if (!('explained' in question))
    throw new TesseraError('bad-usage', '--workers shares the images of one class.', {
      hint: 'Name one',
      options: ['class'],
    });
  const { project, device } = scope;
  const stamped = { ...question, files: await withMissingStamps(project, question.files) };
  const plan = await planWork(scope.environment, project, stamped, { options, device: device.used });
  const run = openShardedRun(scope, stamped, options);
  const tell = (text: string): void => console.error(shownName(text));
  const threads = Math.max(1, Math.floor(availableParallelism() / shards));
  const workers = {
    run: commandsOf(programHere()),
    arguments: ['--threads', String(threads)],
    project: project.folder,
  };
  const engine = localEngine(
    { ...workers, shards, signal, tell },
    {
      merge: (stage) => mergeStage(run, { project, key: plan.key }, stage),
      finish: () => Promise.resolve(),
    },
  );
  await submitWork({ project, plan, shards, tell }, engine);
}
