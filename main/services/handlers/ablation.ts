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
      viewer.run('ablateImage', { ...query, ...(await results.questionOf(query)) }),
    findCounterfactual: async (query) =>
      viewer.run('findCounterfactual', { ...query, ...(await results.questionOf(query)) }),
    ablateRun: async (query) => viewer.run('ablateRun', { ...query, ...(await results.questionOf(query)) }),
    async getDependence(run) {
      const question = await results.questionOf(run);
      const onProgress = jobProgress('dependence', question.folder);
      return viewer.run('dependence', question, { onProgress });
    },
  };
}
