import type { OnProgress } from '../../../core/platform.ts';
import type { ComputeJobs, JobName, RunNews } from '../protocol.ts';

/** What a job may say while it works. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  readonly onNews: (news: RunNews) => void;
}

/** The implementations of some jobs. */
export type Jobs<Names extends JobName = JobName> = {
  readonly [Name in Names]: (
    question: Parameters<ComputeJobs[Name]>[0],
    context: JobContext,
  ) => ReturnType<ComputeJobs[Name]>;
};
