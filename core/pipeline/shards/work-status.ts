import type { Project } from '../../project/project-folder.ts';
import { storedPieces } from '../../project/stage-entry.ts';
import { loadWorkPlan, SHARD_STAGES, type ShardStage, type WorkPlan } from '../../project/work-plan.ts';
import {
  loadWorkRecords,
  type ShardFailure,
  type ShardProgress,
  type WorkRecords,
} from '../../project/work-records.ts';

/** A worker that says it works and has said nothing for so long may be lost. */
const SILENT_MS = 300_000;

/** How far a stage of a plan is. */
export interface StageStatus {
  readonly stage: ShardStage;
  /** `unknown`: nobody has begun, so that it is not known how much there is to do. */
  readonly state: 'unknown' | 'working' | 'incomplete' | 'done';
  /** Of 64 images each; null while that is not known. */
  readonly pieces: number | null;
  readonly stored: number;
  /** Images a second of all that work now, and seconds left; null where nobody works or nothing was done yet. */
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly shards: readonly ShardStatus[];
}

/** How far one shard is, and whether it may be lost. */
export interface ShardStatus extends Omit<ShardProgress, 'folder' | 'pieces' | 'stage'> {
  readonly isSilent: boolean;
}

/** How far a plan is, by what is on the disk: also while nobody works, and from any machine. */
export interface WorkStatus {
  readonly key: string;
  readonly pictures: number;
  readonly device: WorkPlan['device'];
  readonly stages: readonly StageStatus[];
  readonly failures: readonly ShardFailure[];
  /** The finished run. */
  readonly run: string | null;
}

/** Reads how far the plan of a project is; throws as {@link loadWorkPlan}. */
export async function workStatus(
  project: Pick<Project, 'storage' | 'folder'>,
  nowMs = Date.now(),
): Promise<WorkStatus> {
  const plan = await loadWorkPlan(project);
  const records = await loadWorkRecords(project, plan.key);
  const stages: StageStatus[] = [];
  for (const stage of SHARD_STAGES) stages.push(await stageStatus(project, records, stage, nowMs));
  const { key, pictures, device } = plan;
  return { key, pictures, device, stages, failures: records.failures, run: records.run ?? null };
}

async function stageStatus(
  { storage, folder }: Pick<Project, 'storage' | 'folder'>,
  records: WorkRecords,
  stage: ShardStage,
  nowMs: number,
): Promise<StageStatus> {
  const own = records.progress.filter((one) => one.stage === stage);
  const merged = records.merged.filter((one) => one.stage === stage);
  const known = [...own, ...merged]
    .filter((one) => one.folder !== undefined)
    .sort((a, b) => b.atMs - a.atMs)[0];
  const stored =
    known === undefined
      ? 0
      : (await storedPieces(storage, storage.join(folder, 'cache', known.folder!))).size;
  const pieces = known?.pieces ?? null;
  const shards = own.map((one) => shardStatus(one, nowMs));
  const working = shards.filter(({ state, isSilent }) => state === 'working' && !isSilent);
  const rate = working.reduce(
    (sum, { done, beganMs, atMs }) => sum + done / Math.max(1, (atMs - beganMs) / 1000),
    0,
  );
  const left = Math.max(
    0,
    ...working.map(({ done, total, beganMs, atMs }) =>
      done === 0 ? 0 : ((total - done) * (atMs - beganMs)) / 1000 / done,
    ),
  );
  const isDone = pieces !== null && stored >= pieces;
  return {
    stage,
    state: isDone ? 'done' : working.length > 0 ? 'working' : pieces === null ? 'unknown' : 'incomplete',
    ...{ pieces, stored, shards },
    ratePerSecond: isDone || rate === 0 ? null : rate,
    etaSeconds: isDone || rate === 0 ? null : left,
  };
}

function shardStatus(
  { shard, of, host, pid, state, done, total, beganMs, atMs }: ShardProgress,
  nowMs: number,
): ShardStatus {
  const isSilent = state === 'working' && nowMs - atMs > SILENT_MS;
  return { shard, of, host, pid, state, done, total, beganMs, atMs, isSilent };
}
