import { createPageTasks } from '../page-tasks.ts';
import type { Part, Services } from './services.ts';

/** What a finished run found out, and what a person makes of it. */
export function resultHandlers({
  setup,
  results,
  viewer,
}: Pick<Services, 'setup' | 'results' | 'viewer'>): Part<
  | 'getResult'
  | 'listCrops'
  | 'editConcept'
  | 'undoEdit'
  | 'redoEdit'
  | 'listRunImages'
  | 'getImage'
  | 'getWaterfall'
> {
  // Maps may take long to draw: those that a page waits for no more give way to its latest.
  const drawing = createPageTasks();
  return {
    async getResult({ runId }) {
      const wanted = runId ?? setup.setup.runs.find(({ isFinished }) => isFinished)?.runId;
      return wanted === undefined ? null : results.read(await results.questionOf(wanted));
    },
    listCrops: async (query) =>
      viewer.run('listCrops', { ...query, ...(await results.questionOf(query.runId)) }),
    editConcept: async ({ runId, edit }) => results.edit(await results.questionOf(runId), edit),
    undoEdit: async ({ runId }) => results.undo(await results.questionOf(runId)),
    redoEdit: async ({ runId }) => results.redo(await results.questionOf(runId)),
    listRunImages: async ({ runId }) => viewer.run('listRunImages', await results.questionOf(runId)),
    getImage: ({ runId, ...rest }, page) =>
      drawing.runLatest(page, async (signal) =>
        viewer.run('readImage', { ...rest, ...(await results.questionOf(runId)) }, { signal }),
      ),
    getWaterfall: async ({ runId, image }) =>
      viewer.run('waterfall', { image, ...(await results.questionOf(runId)) }),
  };
}
