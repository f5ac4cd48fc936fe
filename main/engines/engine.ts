import type { PiecesMissing } from '../../core/pipeline/share.ts';
import type { ShardStage } from '../../core/project/work-plan.ts';

/** Pieces of a stage that are not there, of how many. */
export type MissingPieces = Pick<PiecesMissing, 'missing' | 'pieces'>;

/** What starts the workers of a plan: processes of this machine, a scheduler, a queue. */
export interface Engine {
  /** What is missing of a stage before anything is started; undefined where that is not known. Merges the stage where nothing is. */
  missing(stage: ShardStage): Promise<MissingPieces | undefined>;
  /** Lets some shards work on a stage, waits until all have ended, however they did, and merges it; what is missing then. */
  round(stage: ShardStage, shards: readonly number[]): Promise<MissingPieces>;
  /** Writes the run and its report, once nothing is missing. */
  finish(): Promise<void>;
}

/** What whoever submits does itself, where that is not left to a scheduler. */
export interface Merges {
  /** Merges a stage; what is missing of it. */
  merge(stage: ShardStage): Promise<MissingPieces>;
  /** As {@link Engine.finish}. */
  finish(): Promise<void>;
}
