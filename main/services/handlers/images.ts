import type { Part, Services } from './services.ts';

/** All images that a run was given, explained or not. */
export function imageHandlers({
  results,
  viewer,
  runner,
  jobs,
}: Pick<Services, 'results' | 'viewer' | 'runner' | 'jobs'>): Part<
  'listRunImages' | 'getWhyNot' | 'measureImages'
> {
  return {
    listRunImages: async (query) =>
      viewer.run('listRunImages', { ...query, ...(await results.questionOf(query)) }),
    getWhyNot: async (query) => viewer.run('whyNot', { ...query, ...(await results.questionOf(query)) }),
    async measureImages(run, page) {
      const question = await results.questionOf(run);
      return jobs.run({ kind: 'measure', folder: question.folder, page, isLatest: true }, (watch) =>
        runner.run('measureImages', question, watch),
      );
    },
  };
}
