import { createExports } from '../exports.ts';
import type { Part, Services } from './services.ts';

/** Images and concepts of a run on a plane, groups of images, and files for other programs. */
export function mapHandlers({
  storage,
  results,
  runner,
  viewer,
  jobs,
  reports,
}: Pick<Services, 'storage' | 'results' | 'runner' | 'viewer' | 'jobs' | 'reports'>): Part<
  'getImageMap' | 'getConceptMap' | 'getImageGroups' | 'getMapAmounts' | 'exportRun' | 'exportPaths'
> {
  const exports = createExports(storage, { runner, viewer }, jobs, reports);
  return {
    async getImageMap(query, page) {
      const question = await results.questionOf(query);
      return jobs.run({ kind: 'map', folder: question.folder, page, isLatest: true }, (watch) =>
        runner.run('mapImages', { ...question, space: query.space, images: query.images }, watch),
      );
    },
    getConceptMap: async (run) => viewer.run('mapConcepts', await results.questionOf(run)),
    async getImageGroups(query, page) {
      const question = await results.questionOf(query);
      return jobs.run({ kind: 'groups', folder: question.folder, page, isLatest: true }, (watch) =>
        runner.run('groupImages', { ...question, images: query.images }, watch),
      );
    },
    getMapAmounts: async ({ images, concept, ...run }) =>
      runner.run('readAmounts', { ...(await results.questionOf(run)), images, concept }),
    exportRun: async ({ file, ...run }, page) => exports.run(await results.questionOf(run), file, page),
    exportPaths: async ({ images, ...run }) => exports.paths(await results.questionOf(run), images),
  };
}
