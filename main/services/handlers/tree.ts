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
    getTree: async (run) => results.readTree(await results.questionOf(run)),
    listDecompositionLayers: async (query) =>
      viewer.run('listDecompositionLayers', { ...query, ...(await results.questionOf(query)) }),
    async decomposeConcept(query, page) {
      const asked = await results.questionOf(query);
      const onProgress = jobProgress('decompose', asked.folder);
      await decomposing.runLatest(page, (signal) =>
        runner.run('decompose', { ...query, ...asked }, { onProgress, signal }),
      );
      events.emit('result', { project: asked.key, runId: asked.runId });
      return results.readTree(asked);
    },
    cancelDecomposition(_, page) {
      decomposing.stop(page);
      return Promise.resolve(null);
    },
  };
}
