import type { Part, Services } from './services.ts';

/** What if concepts were weaker or not there: answered by the process that serves views. */
export function ablationHandlers({
  results,
  viewer,
  jobProgress,
}: Pick<Services, 'results' | 'viewer' | 'jobProgress'>): Part<
  'ablateImage' | 'findCounterfactual' | 'ablateRun' | 'getDependence'
> {
  return {
    ablateImage: async (query) =>
      viewer.run('ablateImage', { ...query, ...(await results.questionOf(query.runId)) }),
    findCounterfactual: async (query) =>
      viewer.run('findCounterfactual', { ...query, ...(await results.questionOf(query.runId)) }),
    ablateRun: async (query) =>
      viewer.run('ablateRun', { ...query, ...(await results.questionOf(query.runId)) }),
    getDependence: async ({ runId }) =>
      viewer.run('dependence', await results.questionOf(runId), { onProgress: jobProgress('dependence') }),
  };
}
