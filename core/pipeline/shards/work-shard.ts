import { isBadInput, TesseraError } from '../../errors.ts';
import type { OnProgress } from '../../platform.ts';
import { SHARD_STAGES, type ShardStage } from '../../project/work-plan.ts';
import {
  clearFailure,
  saveFailure,
  saveMerged,
  saveProgress,
  type ShardProgress,
} from '../../project/work-records.ts';
import type { WorkScope } from '../run-context.ts';
import { PiecesMissing, type Share } from '../share.ts';
import type { OpenedPlan } from './plan-work.ts';
import { openShardedRun, type ShardedRun, type SharedStage } from './sharded-run.ts';

/** How often a worker says how far it is. */
const TELL_MS = 2000;

/**
 * Computes a share of a planned run: its pieces of the given stages, of all unless they are named. Needs no lock and writes no
 * run; the same share may be computed twice at once.
 *
 * Throws {@link PiecesMissing} where what a stage rests on is not there yet; what else goes wrong is also kept for `status`.
 */
export async function workShard(
  scope: WorkScope,
  { plan, question }: OpenedPlan,
  share: Share,
  stages: readonly ShardStage[] = SHARD_STAGES,
): Promise<void> {
  const told: { onProgress: OnProgress } = { onProgress: () => undefined };
  const onProgress: OnProgress = (progress) => told.onProgress(progress);
  const run = openShardedRun({ ...scope, onProgress }, question, plan.options, share);
  for (const stage of stages) {
    const record = openRecord(scope, plan.key, { stage, shard: share.shard, of: share.of });
    told.onProgress = (progress) => {
      scope.onProgress(progress);
      if (progress.stage === stage) record.tell(progress.done, progress.total);
    };
    await recorded(run, record, stage);
  }
}

async function recorded(run: ShardedRun, record: Record, stage: ShardStage): Promise<void> {
  try {
    await record.begin();
    await run.work(stage, (place) => record.place(place));
    await record.end('done');
  } catch (error) {
    if (error instanceof PiecesMissing) await record.end('waiting');
    else await record.fail(error).catch(() => undefined);
    throw error;
  }
}

type Record = ReturnType<typeof openRecord>;

/** What a worker says of one stage. A record that cannot be written does not stop the work. */
function openRecord(
  { environment, project }: WorkScope,
  key: string,
  owned: Pick<ShardProgress, 'stage' | 'shard' | 'of'>,
) {
  const { pid, host } = environment.self;
  const owner = { ...owned, host, pid };
  const beganMs = Date.now();
  let progress: ShardProgress = { ...owner, state: 'working', done: 0, total: 0, beganMs, atMs: beganMs };
  let last: Promise<void> = Promise.resolve();
  const save = (changes: Partial<ShardProgress>): Promise<void> => {
    progress = { ...progress, ...changes, atMs: Date.now() };
    const now = progress;
    last = last.then(() => saveProgress(project, key, now)).catch(() => undefined);
    return last;
  };
  return {
    begin: () => save({}),
    place: ({ folder, pieces }: SharedStage) => save({ folder, pieces }),
    tell(done: number, total: number): void {
      const isDue = Date.now() - progress.atMs >= TELL_MS;
      if (isDue) void save({ done, total });
      else progress = { ...progress, done, total };
    },
    async end(state: 'done' | 'waiting') {
      await save({ state });
      if (state === 'done') await clearFailure(project, key, owned).catch(() => undefined);
    },
    async fail(error: unknown) {
      await save({ state: 'failed' });
      const message = error instanceof Error ? error.message : String(error);
      const hint = error instanceof TesseraError ? error.hint : undefined;
      const isFinal = isBadInput(error);
      await saveFailure(project, key, {
        ...owner,
        message,
        ...(hint && { hint }),
        isFinal,
        atMs: Date.now(),
      });
    },
  };
}

/**
 * Puts together what the workers have computed of a stage, and computes what the next one rests on: the choice of the images
 * after the predictions, the concepts after the rows. What is missing is kept for `status` and returned.
 */
export async function mergeStage(
  run: ShardedRun,
  { project, key }: Pick<WorkScope, 'project'> & { readonly key: string },
  stage: ShardStage,
): Promise<{ readonly missing: readonly number[]; readonly pieces: number }> {
  const found = await missingAt(run, stage);
  await saveMerged(project, key, { stage, ...found, atMs: Date.now() });
  return found;
}

async function missingAt(run: ShardedRun, stage: ShardStage) {
  try {
    return { ...(await run.merge(stage)), missing: [] };
  } catch (error) {
    if (!(error instanceof PiecesMissing) || error.stage !== stage) throw error;
    const { pieces, missing } = error;
    return { pieces, missing: [...missing] };
  }
}
