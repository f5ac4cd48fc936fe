import { createPageTasks } from '../page-tasks.ts';
import type { Part, Services } from './services.ts';

/** All images that a run was given, explained or not. */
export function imageHandlers({
  results,
  viewer,
  runner,
  jobProgress,
}: Pick<Services, 'results' | 'viewer' | 'runner' | 'jobProgress'>): Part<
  'listRunImages' | 'getWhyNot' | 'measureImages' | 'stopMeasuring'
> {
  const measuring = createPageTasks();
  return {
    listRunImages: async (run) => viewer.run('listRunImages', await results.questionOf(run)),
    getWhyNot: async (query) => viewer.run('whyNot', { ...query, ...(await results.questionOf(query)) }),
    async measureImages(run, page) {
      const question = await results.questionOf(run);
      const onProgress = jobProgress('measure', question.folder);
      try {
        return await measuring.runLatest(page, (signal) =>
          runner.run('measureImages', question, { onProgress, signal }),
        );
      } finally {
        onProgress({ stage: 'measure', done: 1, total: 1 });
      }
    },
    stopMeasuring(_, page) {
      measuring.stop(page);
      return Promise.resolve(null);
    },
  };
}
