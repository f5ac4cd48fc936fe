import { createPageTasks } from '../page-tasks.ts';
import type { Part, Services } from './services.ts';

/** What a finished run found out, and what a person makes of it. */
export function resultHandlers({
  results,
  viewer,
}: Pick<Services, 'results' | 'viewer'>): Part<
  'getResult' | 'listCrops' | 'editConcept' | 'undoEdit' | 'redoEdit' | 'getImage' | 'getWaterfall'
> {
  // Maps may take long to draw: those that a page waits for no more give way to its latest.
  const drawing = createPageTasks();
  return {
    getResult: async (run) => results.read(await results.questionOf(run)),
    listCrops: async (query) => viewer.run('listCrops', { ...query, ...(await results.questionOf(query)) }),
    editConcept: async ({ edit, ...run }) => results.edit(await results.questionOf(run), edit),
    undoEdit: async (run) => results.undo(await results.questionOf(run)),
    redoEdit: async (run) => results.redo(await results.questionOf(run)),
    getImage: (query, page) =>
      drawing.runLatest(page, async (signal) =>
        viewer.run('readImage', { ...query, ...(await results.questionOf(query)) }, { signal }),
      ),
    getWaterfall: async (query) =>
      viewer.run('waterfall', { ...query, ...(await results.questionOf(query)) }),
  };
}
