import type { JobKind } from '../../core/wording/job-words.ts';
import type { Progress } from '../../core/platform.ts';

/*
 * Plain data that crosses from the workbench to its views: work that takes long, beside the run. See contract.ts.
 */

export type { JobKind };

/** Names long work that is under way. */
export type JobId = string;

/** Long work that is under way or waits for its turn. */
export interface LongJob {
  readonly id: JobId;
  readonly kind: JobKind;
  /** What of the run it is about, such as a concept; null where the kind says it. */
  readonly subject: string | null;
  /** Folder and name of its project, which may be another than the one that is open. */
  readonly folder: string;
  readonly projectName: string;
  /** How far its present step is; null before it has begun. */
  readonly progress: Progress | null;
  /** What must end before it can begin; empty once it is under way. */
  readonly waitsFor: readonly JobKind[];
  /** It was given up, and ends after the batch at hand. */
  readonly isStopping: boolean;
}

/** Which long work to give up: one piece, whoever asked for it, or what this page has asked for of a kind. */
export type JobChoice = { readonly id: JobId } | { readonly kind: JobKind };
