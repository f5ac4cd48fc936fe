import type { TrustLevel } from '../../core/metrics/trust.ts';
import type { DeviceName } from '../../core/platform.ts';
import type { JobKind } from './job-data.ts';
import type { PictureId, SerializedError } from './app-data.ts';

/*
 * Plain data that crosses from the workbench to its views: runs and how far they are. See contract.ts.
 */

/** Names a project as it is on this machine now: one made anew in the same folder has another key. */
export type ProjectKey = string;

/**
 * Names a run. Ids repeat from project to project, so every question about a run names its project too and every
 * answer carries both: an answer about another project can never pass for one about this.
 */
export interface RunKey {
  readonly project: ProjectKey;
  readonly runId: string;
}

/** How a run stands; a paused one can be resumed. */
export type RunStatus = 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

/** A run in a list; what is null is known once the run has ended, and not where it is damaged. */
export interface RunSummary extends RunKey {
  readonly status: 'finished' | 'unfinished' | 'damaged';
  /** Why a damaged run cannot be read; else null. */
  readonly problem: string | null;
  /** The name that a person gave. */
  readonly name: string | null;
  /** Null where the run is damaged. */
  readonly created: string | null;
  /** Of all its stages, whenever they were computed. */
  readonly seconds: number | null;
  readonly className: string | null;
  readonly classIndex: number | null;
  readonly layer: string | null;
  readonly concepts: number | null;
  readonly images: number | null;
  /** How far it can be trusted. */
  readonly verdict: TrustLevel | null;
  /** Crops of its leading concepts. */
  readonly cover: readonly PictureId[];
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
  /** Folder and name of its project, which may be another than the one that is open. */
  readonly folder: string;
  readonly projectName: string;
  /** Null while they are not known: a new project's key, the id of a run that has just begun. */
  readonly project: ProjectKey | null;
  readonly runId: string | null;
  readonly status: RunStatus;
  /** What must end before it can go on; empty once it is under way. */
  readonly waitsFor: readonly JobKind[];
  readonly className: string;
  /** Classes that are explained after this one. */
  readonly next: number;
  readonly stages: readonly StageProgress[];
  /** Seconds to the end of the stage that runs. */
  readonly etaSeconds: number | null;
  /** Taken up where an earlier one had stopped. */
  readonly isResumed: boolean;
  readonly device: { readonly used: DeviceName | null; readonly fallbackReasons: readonly string[] };
  readonly error: SerializedError | null;
}

/** Concepts as soon as they exist, before their importance is known; in the order of the bank. */
export interface EarlyConcepts extends RunKey {
  readonly concepts: readonly { readonly id: string; readonly crops: readonly PictureId[] }[];
  /** Made from so many of the images, for a first look; absent for the run's own concepts, which take the place of these. */
  readonly from?: { readonly images: number; readonly of: number };
}
