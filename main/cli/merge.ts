import type { WorkScope } from '../../core/pipeline/run-context.ts';
import { PiecesMissing } from '../../core/pipeline/share.ts';
import type { OpenedPlan } from '../../core/pipeline/shards/plan-work.ts';
import { openShardedRun } from '../../core/pipeline/shards/sharded-run.ts';
import { mergeStage } from '../../core/pipeline/shards/work-shard.ts';
import { SHARD_STAGES, type ShardStage } from '../../core/project/work-plan.ts';
import { loadWorkRecords, saveFinished } from '../../core/project/work-records.ts';
import { writeToProject } from '../../core/project/write-lock.ts';
import { parseArguments, type OptionTable } from './arguments.ts';
import { explainClasses, onResume } from './explain.ts';
import { openPlannedRun, PLANNED_OPTIONS, stageIn } from './planned-run.ts';
import { orTryAgain } from './try-again.ts';

const TABLE: OptionTable = {
  ...PLANNED_OPTIONS,
  stage: { type: 'string', takes: 'the name of a stage' },
  json: { type: 'boolean' },
};

/**
 * `merge PROJECT`: puts together what the shards have computed, and computes what is not shared: the choice of images, the
 * concepts, in the end the run and its report. It ends with 75, listing them, while pieces are missing.
 */
export async function mergeCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const stage = stageIn(args);
  await orTryAgain(async () => {
    const { scope, opened } = await openPlannedRun(args, 'merge', signal);
    await writeToProject(scope.project, scope.environment.self, async () => {
      await mergeStages(scope, opened, stage === undefined ? SHARD_STAGES : [stage]);
      if (stage === undefined) await finishRun(scope, opened, args.flag('json'));
    });
  });
}

async function mergeStages(
  scope: WorkScope,
  { plan, question }: OpenedPlan,
  stages: readonly ShardStage[],
): Promise<void> {
  const run = openShardedRun(scope, question, plan.options);
  for (const stage of stages) {
    const { missing, pieces } = await mergeStage(run, { project: scope.project, key: plan.key }, stage);
    if (missing.length > 0) throw new PiecesMissing(stage, missing, pieces);
  }
}

/** The run of a plan whose pieces are all there, its report, and what `explain` prints of it; the one that there is, where there is one. */
export async function finishRun(
  scope: WorkScope,
  { plan, question }: OpenedPlan,
  asJson: boolean,
): Promise<void> {
  const { run } = await loadWorkRecords(scope.project, plan.key);
  if (run !== undefined) {
    console.error(`The plan is already finished as ${run}. To compute it anew, delete that run first.`);
    if (asJson) console.log(JSON.stringify({ run }));
    return saveFinished(scope.project, plan.key, run);
  }
  const own = { ...scope, onResume, reportFollows: true, folders: [] };
  const id = await explainClasses(own, question, plan.options, asJson);
  if (id !== undefined) await saveFinished(scope.project, plan.key, id);
}
