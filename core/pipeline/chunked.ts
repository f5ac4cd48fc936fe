import type { Tensor } from '../tensor.ts';
import { openChunks } from '../project/stage-store.ts';
import type { RunScope } from './run-context.ts';

/** Images a chunk: what a kill can cost at most. */
export const CHUNK = 64;

export interface ChunkedJob<Prepared> {
  readonly stage: string;
  readonly fingerprint: string;
  /** Number of items (images) in all. */
  readonly count: number;
  /** Reads what a chunk needs; runs while the chunk before is computed. */
  prepare(start: number, end: number): Promise<Prepared>;
  compute(prepared: Prepared, start: number, end: number): Promise<ReadonlyMap<string, Tensor>>;
}

/**
 * Runs a job over images chunk by chunk, each stored as soon as it is done, so that an interrupted run continues
 * at the first chunk that is missing. Pictures of the next chunk are decoded while the model runs on this one.
 */
export async function* chunked<Prepared>(
  { project, onProgress, signal }: RunScope,
  job: ChunkedJob<Prepared>,
): AsyncGenerator<ReadonlyMap<string, Tensor>> {
  const chunks = await openChunks(project, job.stage, job.fingerprint);
  const prepare = async (start: number): Promise<Prepared | undefined> => {
    if (start >= job.count || (await chunks.has(start / CHUNK))) return undefined;
    return job.prepare(start, Math.min(start + CHUNK, job.count));
  };
  let next = prepare(0);
  for (let start = 0; start < job.count; start += CHUNK) {
    signal?.throwIfAborted();
    const prepared = await next;
    next = prepare(start + CHUNK);
    // A failure to prepare is told when its turn comes, not as an unhandled rejection meanwhile.
    next.catch(() => undefined);
    const end = Math.min(start + CHUNK, job.count);
    yield await chunks.get(start / CHUNK, async () =>
      job.compute(prepared ?? (await job.prepare(start, end)), start, end),
    );
    onProgress({ stage: job.stage, done: end, total: job.count });
  }
}
