import type { Part, Services } from './services.ts';

/** Concepts and their parts: the tree, and splits by hand, one at a time. */
export function treeHandlers({
  results,
  viewer,
  runner,
  events,
  jobProgress,
}: Pick<Services, 'results' | 'viewer' | 'runner' | 'events' | 'jobProgress'>): Part<
  'getTree' | 'listSplitLayers' | 'splitConcept' | 'cancelSplit'
> {
  let underWay: AbortController | undefined;
  return {
    getTree: async ({ runId }) => results.readTree(await results.questionOf(runId)),
    listSplitLayers: async ({ runId, ...query }) =>
      viewer.run('listSplitLayers', { ...query, ...(await results.questionOf(runId)) }),
    async splitConcept({ runId, ...query }) {
      const asked = await results.questionOf(runId);
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
      return results.readTree(asked);
    },
    cancelSplit() {
      underWay?.abort();
      return Promise.resolve(null);
    },
  };
}
