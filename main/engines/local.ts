import type { Engine, Merges } from './engine.ts';
import { runWork, type WorkProcess } from './work-process.ts';

/** How the workers of this machine are started. */
export interface LocalWorkers extends Pick<WorkProcess, 'run' | 'project' | 'arguments' | 'signal'> {
  readonly shards: number;
  readonly tell: (text: string) => void;
}

/** Processes of this machine, one a shard; whoever starts them merges. */
export function localEngine({ shards, tell, ...how }: LocalWorkers, merges: Merges): Engine {
  return {
    missing: (stage) => merges.merge(stage),
    finish: () => merges.finish(),
    async round(stage, wanted) {
      const work = wanted.map(async (shard) => {
        const { why } = await runWork({ ...how, stage, shard, of: shards });
        if (why !== '') tell(`Shard ${shard} of ${shards}: ${why}`);
      });
      await Promise.all(work);
      how.signal.throwIfAborted();
      return merges.merge(stage);
    },
  };
}
