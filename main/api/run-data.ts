import type { DeviceName } from '../../core/platform.ts';
import type { PictureId, SerializedError } from './app-data.ts';

/*
 * Plain data that crosses from the workbench to its views: runs and how far they are. See contract.ts.
 */

/** How a run stands; a paused one can be resumed. */
export type RunStatus = 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

/** A run in a list; what is null is known once the run has ended. */
export interface RunSummary {
  readonly runId: string;
  readonly created: string;
  readonly className: string | null;
  readonly classIndex: number | null;
  readonly layer: string | null;
  readonly concepts: number | null;
  readonly isFinished: boolean;
}

/** How far one stage of a run is. */
export interface StageProgress {
  readonly stage: string;
  /** What the stage does, for people. */
  readonly title: string;
  readonly status: 'waiting' | 'running' | 'done';
  readonly done: number;
  readonly total: number;
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly elapsedSeconds: number;
}

/** The run that was started last. */
export interface RunState {
  /** Null while the id of the run is not known. */
  readonly runId: string | null;
  readonly status: RunStatus;
  readonly className: string;
  readonly stages: readonly StageProgress[];
  /** Seconds to the end of the stage that runs. */
  readonly etaSeconds: number | null;
  /** Taken up where an earlier one had stopped. */
  readonly isResumed: boolean;
  readonly device: { readonly used: DeviceName | null; readonly fallbackReasons: readonly string[] };
  readonly error: SerializedError | null;
}

/** Concepts as soon as they exist, before their importance is known; in the order of the bank. */
export interface EarlyConcepts {
  readonly runId: string;
  readonly concepts: readonly { readonly id: string; readonly crops: readonly PictureId[] }[];
}
