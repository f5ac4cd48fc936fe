import { TesseraError } from '../../core/errors.ts';
import { PiecesMissing, shardsOf } from '../../core/pipeline/share.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { SHARD_STAGES, type ShardStage, type WorkPlan } from '../../core/project/work-plan.ts';
import { loadWorkRecords, type ShardFailure } from '../../core/project/work-records.ts';
import type { Engine, MissingPieces } from './engine.ts';

/** How often a stage is started at most: what is still missing then has a cause that does not pass. */
const ROUNDS = 3;

/** What is submitted, in how many shards, and who hears of rounds. */
export interface Submission {
  readonly project: Project;
  readonly plan: WorkPlan;
  readonly shards: number;
  readonly tell: (text: string) => void;
}

/**
 * Lets an engine compute a plan: stage after stage, and of each once more what is missing, at most {@link ROUNDS} times. The same
 * again goes on where it was stopped.
 *
 * Throws   the failure of a worker that found bad input, at once; {@link PiecesMissing} where pieces are still missing at the end.
 */
export async function submitWork(submission: Submission, engine: Engine): Promise<void> {
  for (const stage of SHARD_STAGES) await computeStage(submission, engine, stage);
  await engine.finish();
}

async function computeStage(submission: Submission, engine: Engine, stage: ShardStage): Promise<void> {
  const all = Array.from({ length: submission.shards }, (_, shard) => shard);
  const sinceMs = Date.now();
  let found: MissingPieces | undefined = await engine.missing(stage);
  for (let round = 1; round <= ROUNDS; round++) {
    const shards = found === undefined ? all : shardsOf(found, submission.shards);
    if (shards.length === 0) return;
    submission.tell(roundText(stage, round, shards.length));
    found = await engine.round(stage, shards);
    await throwFinal(submission, stage, sinceMs);
  }
  if (found !== undefined && found.missing.length > 0)
    throw new PiecesMissing(stage, found.missing, found.pieces);
}

function roundText(stage: ShardStage, round: number, shards: number): string {
  const again = round === 1 ? '' : `, once more (${round} of ${ROUNDS})`;
  return `${stage}: ${shards} ${shards === 1 ? 'shard' : 'shards'}${again}`;
}

/** Bad input stays bad: a worker that met it is not started again. */
async function throwFinal({ project, plan }: Submission, stage: ShardStage, sinceMs: number): Promise<void> {
  const { failures } = await loadWorkRecords(project, plan.key);
  const final = failures.find((one) => one.stage === stage && one.isFinal && one.atMs >= sinceMs);
  if (final !== undefined) throw failureOf(final);
}

function failureOf({ shard, of, host, message, hint }: ShardFailure): TesseraError {
  return new TesseraError('bad-usage', `Shard ${shard} of ${of} on ${host}: ${message}`, {
    ...(hint !== undefined && { hint }),
  });
}
