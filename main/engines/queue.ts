import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { SHARD_STAGES } from '../../core/project/work-plan.ts';
import type { Engine, Merges } from './engine.ts';
import {
  openQueueServer,
  unreachable,
  type QueueJob,
  type QueueServer,
  type RedisPlace,
} from './queue-packages.ts';
import { runWork, type WorkProcess } from './work-process.ts';

/** All plans have one queue: a worker takes whatever comes. */
const QUEUE = 'tessera';
/** How often a job is tried; the rounds of whoever submits come after. */
const ATTEMPTS = 3;
const POLL_MS = 300;
/** A worker that gives no sign for so long has lost its job to another one; how often that is looked for. */
const LOCK_MS = 15_000;
const STALLED_MS = 5000;
/** How often a job may lose its worker. */
const MOST_STALLED = 5;

/** A share of a plan, as the queue has it. */
const SHARE = z.object({
  /** Whole path of the project, on a disk that all workers share. */
  project: z.string().min(1),
  stage: z.enum(SHARD_STAGES),
  shard: z.int().nonnegative(),
  of: z.int().positive(),
});

/** What is put into the queue, and whom to tell. */
export interface QueuedWork {
  readonly server: QueueServer;
  readonly place: RedisPlace;
  readonly project: string;
  readonly shards: number;
  readonly signal: AbortSignal;
}

/** Jobs of a queue, a shard each, for workers on any machine; whoever puts them in merges. */
export function queueEngine(work: QueuedWork, merges: Merges): Engine {
  return {
    missing: (stage) => merges.merge(stage),
    finish: () => merges.finish(),
    async round(stage, wanted) {
      const { server, place, project, shards } = work;
      const connection = server.connect();
      const queue = new server.Queue(QUEUE, { connection });
      queue.on('error', () => undefined);
      let jobs: readonly QueueJob[] = [];
      try {
        jobs = await Promise.all(
          wanted.map((shard) =>
            queue.add(stage, z.parse(SHARE, { project, stage, shard, of: shards }), {
              attempts: ATTEMPTS,
              backoff: { type: 'fixed', delay: 1000 },
              removeOnComplete: { age: 3600 },
              removeOnFail: { age: 86_400 },
            }),
          ),
        );
        await untilEnded(work, (id) => queue.getJob(id), jobs);
      } catch (error) {
        // A job that a worker has begun cannot be removed; it ends by itself.
        if (work.signal.aborted) await Promise.allSettled(jobs.map((job) => job.remove()));
        work.signal.throwIfAborted();
        throw unreachable(place.url, error as Error);
      } finally {
        await queue.close().catch(() => undefined);
        connection.disconnect();
      }
      return merges.merge(stage);
    },
  };
}

/** A job that is gone has ended, too: a server that was started anew may have forgotten it, and what is missing is queued again. */
async function untilEnded(
  { signal }: QueuedWork,
  find: (id: string) => Promise<QueueJob | undefined>,
  jobs: readonly QueueJob[],
): Promise<void> {
  const open = new Set(jobs.map(({ id }) => id!));
  for (;;) {
    for (const id of open) {
      const state = await (await find(id))?.getState();
      if (state === undefined || ['completed', 'failed', 'unknown'].includes(state)) open.delete(id);
    }
    if (open.size === 0) return;
    await wait(POLL_MS, undefined, { signal });
  }
}

/** How a machine works for a queue. */
export interface QueueWorker extends Pick<WorkProcess, 'run' | 'arguments' | 'signal'> {
  readonly place: RedisPlace;
  /** Jobs at once. */
  readonly jobs: number;
  readonly tell: (text: string) => void;
}

/**
 * Takes jobs from the queue until it is stopped, each in a process of its own, so that this one always answers the queue and is
 * never taken for lost while it works. A job that is given to two workers is computed twice, which does no harm.
 */
export async function serveQueue({ place, jobs, tell, ...how }: QueueWorker): Promise<void> {
  const server = await openQueueServer(place);
  const connection = server.connect();
  const work = async ({ data }: QueueJob): Promise<void> => {
    const share = SHARE.safeParse(data);
    if (!share.success) throw new server.UnrecoverableError('not a share of a plan');
    const { stage, shard, of, project } = share.data;
    const { code, why } = await runWork({ ...how, ...share.data });
    tell(`${stage}, shard ${shard} of ${of}, ${project}: ${why === '' ? 'done' : why}`);
    if (code === 2) throw new server.UnrecoverableError(why);
    if (code !== 0) throw new Error(why);
  };
  const worker = new server.Worker(QUEUE, work, {
    connection,
    concurrency: jobs,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_MS,
    maxStalledCount: MOST_STALLED,
  });
  worker.on('error', (error: Error) => tell(`queue: ${error.message}`));
  tell(`Takes work from ${new URL(place.url).host}. Ctrl-C ends it.`);
  try {
    await new Promise<void>((resolve) => {
      if (how.signal.aborted) resolve();
      how.signal.addEventListener('abort', () => resolve());
    });
  } finally {
    await worker.close().catch(() => undefined);
    connection.disconnect();
  }
}
