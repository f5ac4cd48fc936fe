import { createPageTasks } from '../page-tasks.ts';
import type { Part, Services } from './services.ts';

/** Concepts and their parts: the tree, and decompositions by hand, of each page one at a time. */
export function treeHandlers({
  results,
  viewer,
  runner,
  events,
  jobProgress,
}: Pick<Services, 'results' | 'viewer' | 'runner' | 'events' | 'jobProgress'>): Part<
  'getTree' | 'listDecompositionLayers' | 'decomposeConcept' | 'cancelDecomposition'
> {
  const decomposing = createPageTasks();
  return {
    getTree: async ({ runId }) => results.readTree(await results.questionOf(runId)),
    listDecompositionLayers: async ({ runId, ...query }) =>
      viewer.run('listDecompositionLayers', { ...query, ...(await results.questionOf(runId)) }),
    async decomposeConcept({ runId, ...query }, page) {
      const asked = await results.questionOf(runId);
      const onProgress = jobProgress('decompose');
      await decomposing.runLatest(page, (signal) =>
        runner.run('decompose', { ...query, ...asked }, { onProgress, signal }),
      );
      events.emit('result', { runId });
      return results.readTree(asked);
    },
    cancelDecomposition(_, page) {
      decomposing.stop(page);
      return Promise.resolve(null);
    },
  };
}
