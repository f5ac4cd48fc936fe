import type { Part, Services } from './services.ts';

/** What if concepts were weaker or not there: answered by the process that serves views. */
export function ablationHandlers({
  results,
  viewer,
  jobs,
}: Pick<Services, 'results' | 'viewer' | 'jobs'>): Part<
  'ablateImage' | 'findCounterfactual' | 'ablateRun' | 'getDependence'
> {
  return {
    async ablateImage(query, page) {
      const question = await results.questionOf(query);
      return jobs.run({ kind: 'what-if-image', folder: question.folder, page }, (watch) =>
        viewer.run('ablateImage', { ...query, ...question }, watch),
      );
    },
    async findCounterfactual(query, page) {
      const question = await results.questionOf(query);
      return jobs.run({ kind: 'smallest-change', folder: question.folder, page }, (watch) =>
        viewer.run('findCounterfactual', { ...query, ...question }, { ...watch, isLong: true }),
      );
    },
    async ablateRun(query, page) {
      const question = await results.questionOf(query);
      return jobs.run({ kind: 'what-if-run', folder: question.folder, page }, (watch) =>
        viewer.run('ablateRun', { ...query, ...question }, { ...watch, isLong: true }),
      );
    },
    async getDependence(run, page) {
      const question = await results.questionOf(run);
      return jobs.run({ kind: 'dependence', folder: question.folder, page }, (watch) =>
        viewer.run('dependence', question, { ...watch, isLong: true }),
      );
    },
  };
}
