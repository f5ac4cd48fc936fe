import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TesseraError } from '../../core/errors.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { storedPieces } from '../../core/project/stage-entry.ts';
import { SHARD_STAGES, workFolder, type ShardStage, type WorkPlan } from '../../core/project/work-plan.ts';
import { loadWorkRecords, type MergedStage } from '../../core/project/work-records.ts';
import type { Engine, MissingPieces } from './engine.ts';
import { activeTasks, howEnded, sbatch, scancel } from './slurm-client.ts';
import { readJobs, writeJobs, type SubmittedJobs } from './slurm-jobs.ts';
import { arrayScript, mergeScript, type SlurmSettings } from './slurm-scripts.ts';

/** Polls at first, growing up to the last, so that neither a test waits nor a cluster is asked all day. */
const POLL_MS = { first: 500, most: 15_000, growth: 1.25 };
/** Why a job waits that will never start by itself. */
const NEVER = /held|hold|NeverSatisfied|MaxRequeue/i;
/** How often a merge is submitted that ended without a word. */
const MERGES = 3;

/** A plan, and how its jobs are written. */
export interface SlurmWork {
  readonly project: Project;
  readonly plan: WorkPlan;
  readonly settings: SlurmSettings;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** Where the scripts of a plan are written, and its logs. */
export function slurmFolder(
  project: Pick<Project, 'storage' | 'folder'>,
  { key }: Pick<WorkPlan, 'key'>,
): string {
  return path.resolve(workFolder(project, key), 'slurm');
}

/** All scripts, as they would be submitted at first. */
export function slurmScripts(settings: SlurmSettings): ReadonlyMap<string, string> {
  const all = Array.from({ length: settings.shards }, (_, shard) => shard);
  return new Map([
    ...SHARD_STAGES.flatMap((stage) => [
      [`${stage}.sh`, arrayScript(settings, stage, all)] as const,
      [`merge-${stage}.sh`, mergeScript(settings, stage)] as const,
    ]),
    ['merge-run.sh', mergeScript(settings, undefined)],
  ]);
}

/**
 * Array jobs of Slurm: a task a shard, and after it, however it ended, a job that merges. Whoever submits polls, and computes
 * nothing; being stopped it cancels its jobs.
 */
export function slurmEngine(work: SlurmWork): Engine {
  const { project, plan, settings } = work;
  return {
    async missing(stage) {
      const known = await mergedSince(work, stage, 0);
      if (known?.folder === undefined) return undefined;
      const folder = project.storage.join(project.folder, 'cache', known.folder);
      const stored = await storedPieces(project.storage, folder);
      return stored.size < known.pieces ? undefined : known;
    },
    async round(stage, shards) {
      const earlier = await earlierJobs(work, stage);
      if (earlier !== undefined) {
        await untilEnded(work, earlier.jobs);
        return mergedAtLast(work, stage, earlier.sinceMs);
      }
      const array = await submitted(work, `${stage}.sh`, arrayScript(settings, stage, shards));
      const sinceMs = Date.now();
      const merge = await submitted(work, `merge-${stage}.sh`, mergeScript(settings, stage), array);
      await writeJobs(slurmFolder(project, plan), { step: stage, jobs: [array, merge], sinceMs });
      work.tell(`  jobs ${array} and, when that has ended, ${merge}`);
      await untilEnded(work, [array, merge]);
      const ended = await howEnded(array);
      if (ended !== undefined) work.tell(`  job ${array}: ${ended}`);
      return mergedAtLast(work, stage, sinceMs);
    },
    async finish() {
      const { jobs, sinceMs } = (await earlierJobs(work, 'run')) ?? (await submitFinish(work));
      await untilEnded(work, jobs);
      const { run, runAtMs = 0 } = await loadWorkRecords(project, plan.key);
      if (run === undefined || runAtMs < sinceMs) throw silent(work, 'run');
      work.tell(`${run} is finished: ${path.resolve(project.folder)}`);
    },
  };
}

async function submitFinish(work: SlurmWork): Promise<SubmittedJobs> {
  const sinceMs = Date.now();
  const job = await submitted(work, 'merge-run.sh', mergeScript(work.settings, undefined));
  const submission: SubmittedJobs = { step: 'run', jobs: [job], sinceMs };
  await writeJobs(slurmFolder(work.project, work.plan), submission);
  work.tell(`run: job ${job}`);
  return submission;
}

/** Jobs of the step that whoever submitted them no longer waits for and that have not ended: they are not submitted twice. */
async function earlierJobs(work: SlurmWork, step: SubmittedJobs['step']): Promise<SubmittedJobs | undefined> {
  const earlier = await readJobs(slurmFolder(work.project, work.plan));
  if (earlier?.step !== step || (await activeTasks(earlier.jobs)).length === 0) return undefined;
  work.tell(`  jobs ${earlier.jobs.join(' and ')}, submitted before, are waited for`);
  return earlier;
}

async function submitted(
  { project, plan }: SlurmWork,
  name: string,
  text: string,
  after?: string,
): Promise<string> {
  const folder = slurmFolder(project, plan);
  const file = path.join(folder, name);
  await mkdir(path.join(folder, 'logs'), { recursive: true });
  await writeFile(file, text);
  return sbatch(file, after === undefined ? [] : [`--dependency=afterany:${after}`]);
}

/** A merge that said nothing was lost itself; it is submitted again. */
async function mergedAtLast(work: SlurmWork, stage: ShardStage, sinceMs: number): Promise<MissingPieces> {
  for (let attempt = 1; ; attempt++) {
    const merged = await mergedSince(work, stage, sinceMs);
    if (merged !== undefined) return merged;
    if (attempt === MERGES || (await isFinal(work, stage))) throw silent(work, stage);
    const job = await submitted(work, `merge-${stage}.sh`, mergeScript(work.settings, stage));
    await untilEnded(work, [job]);
  }
}

async function mergedSince(
  { project, plan }: SlurmWork,
  stage: ShardStage,
  sinceMs: number,
): Promise<MergedStage | undefined> {
  const { merged } = await loadWorkRecords(project, plan.key);
  return merged.find((one) => one.stage === stage && one.atMs >= sinceMs);
}

/** Has a worker of the stage met bad input? Then merging is of no use. */
async function isFinal({ project, plan }: SlurmWork, stage: ShardStage): Promise<boolean> {
  const { failures } = await loadWorkRecords(project, plan.key);
  return failures.some((one) => one.stage === stage && one.isFinal);
}

async function untilEnded({ signal, tell }: SlurmWork, jobs: readonly string[]): Promise<void> {
  let pause = POLL_MS.first;
  try {
    for (;;) {
      const tasks = await activeTasks(jobs);
      if (tasks.length === 0) return;
      // What waits for the others starts when they have ended, and they never do.
      const first = tasks.filter(({ reason }) => reason !== 'Dependency');
      if (first.length > 0 && first.every(({ state, reason }) => state === 'PENDING' && NEVER.test(reason))) {
        tell(`  jobs ${jobs.join(' and ')} are held by Slurm (${first[0].reason}) and are cancelled`);
        return await scancel(jobs);
      }
      await wait(pause, undefined, { signal });
      pause = Math.min(POLL_MS.most, pause * POLL_MS.growth);
    }
  } catch (error) {
    if (signal.aborted) await scancel(jobs);
    signal.throwIfAborted();
    throw error;
  }
}

function silent({ project, plan }: SlurmWork, what: string): TesseraError {
  const logs = path.join(slurmFolder(project, plan), 'logs');
  return new TesseraError('storage', `The job that merges "${what}" ended without a result.`, {
    hint: `Its log is in ${logs}.`,
  });
}
