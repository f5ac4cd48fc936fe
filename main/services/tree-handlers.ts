import type { Progress } from '../../core/platform.ts';
import type { Handlers } from '../api/call-handler.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { EventHub } from './events.ts';
import type { Results } from './results.ts';
import type { SetupService } from './setup.ts';

interface TreeContext {
  readonly setup: SetupService;
  readonly results: Results;
  readonly viewer: ComputeClient;
  readonly runner: ComputeClient;
  readonly events: EventHub;
  readonly jobProgress: (job: string) => (progress: Progress) => void;
}

/** Concepts and their parts: the tree, and splits by hand, one at a time. */
export function treeHandlers({
  setup,
  results,
  viewer,
  runner,
  events,
  jobProgress,
}: TreeContext): Pick<Handlers, 'getTree' | 'listSplitLayers' | 'splitConcept' | 'cancelSplit'> {
  const question = (runId: string) => results.questionOf(setup.state.folder, runId);
  let underWay: AbortController | undefined;
  return {
    getTree: async ({ runId }) => viewer.run('readTree', await question(runId)),
    listSplitLayers: async ({ runId, ...query }) =>
      viewer.run('listSplitLayers', { ...query, ...(await question(runId)) }),
    async splitConcept({ runId, ...query }) {
      const asked = await question(runId);
      underWay?.abort();
      const own = new AbortController();
      underWay = own;
      try {
        const onProgress = jobProgress('split');
        await runner.run('split', { ...query, ...asked }, { onProgress, signal: own.signal });
      } finally {
        if (underWay === own) underWay = undefined;
      }
      events.emit('result', { runId });
      return viewer.run('readTree', asked);
    },
    cancelSplit() {
      underWay?.abort();
      return Promise.resolve(null);
    },
  };
}
