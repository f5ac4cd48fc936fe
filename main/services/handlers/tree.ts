import type { Part, Services } from './services.ts';

/** Concepts and their parts: the tree, and decompositions by hand, of each page one at a time. */
export function treeHandlers({
  results,
  viewer,
  runner,
  events,
  jobs,
}: Pick<Services, 'results' | 'viewer' | 'runner' | 'events' | 'jobs'>): Part<
  'getTree' | 'listDecompositionLayers' | 'decomposeConcept'
> {
  return {
    getTree: async (run) => results.readTree(await results.questionOf(run)),
    listDecompositionLayers: async (query) =>
      viewer.run('listDecompositionLayers', { ...query, ...(await results.questionOf(query)) }),
    async decomposeConcept(query, page) {
      const asked = await results.questionOf(query);
      const { concept: subject } = query;
      await jobs.run(
        { kind: 'decomposition', subject, folder: asked.folder, page, isLatest: true },
        (watch) => runner.run('decompose', { ...query, ...asked }, watch),
      );
      events.emit('result', { project: asked.key, runId: asked.runId });
      return results.readTree(asked);
    },
  };
}
