import type { Part, Services } from './services.ts';

/** Concepts and their parts: the tree, and decompositions by hand, one at a time. */
export function treeHandlers({
  results,
  viewer,
  runner,
  events,
  jobProgress,
}: Pick<Services, 'results' | 'viewer' | 'runner' | 'events' | 'jobProgress'>): Part<
  'getTree' | 'listDecompositionLayers' | 'decomposeConcept' | 'cancelDecomposition'
> {
  let underWay: AbortController | undefined;
  return {
    getTree: async (run) => results.readTree(await results.questionOf(run)),
    listDecompositionLayers: async (query) =>
      viewer.run('listDecompositionLayers', { ...query, ...(await results.questionOf(query)) }),
    async decomposeConcept(query) {
      const asked = await results.questionOf(query);
      underWay?.abort();
      const own = new AbortController();
      underWay = own;
      try {
        const onProgress = jobProgress('decompose', asked.folder);
        await runner.run('decompose', { ...query, ...asked }, { onProgress, signal: own.signal });
      } finally {
        if (underWay === own) underWay = undefined;
      }
      events.emit('result', { project: asked.key, runId: asked.runId });
      return results.readTree(asked);
    },
    cancelDecomposition() {
      underWay?.abort();
      return Promise.resolve(null);
    },
  };
}
