import type { Part, Services } from './services.ts';

/** What a finished run found out, and what a person makes of it. */
export function resultHandlers({
  results,
  viewer,
  jobs,
}: Pick<Services, 'results' | 'viewer' | 'jobs'>): Part<
  | 'getResult'
  | 'getRunInputs'
  | 'listCrops'
  | 'editConcept'
  | 'undoEdit'
  | 'redoEdit'
  | 'getImage'
  | 'getWaterfall'
> {
  return {
    getResult: async (run) => results.read(await results.questionOf(run)),
    getRunInputs: async (run) => viewer.run('readInputs', await results.questionOf(run)),
    listCrops: async (query) => viewer.run('listCrops', { ...query, ...(await results.questionOf(query)) }),
    async editConcept({ edit, ...run }, page) {
      const asked = await results.questionOf(run);
      if (edit.kind !== 'merge' && edit.kind !== 'unmerge') return results.edit(asked, edit);
      return jobs.run({ kind: 'merge', folder: asked.folder, page }, (watch) =>
        results.edit(asked, edit, watch),
      );
    },
    undoEdit: async (run) => results.undo(await results.questionOf(run)),
    redoEdit: async (run) => results.redo(await results.questionOf(run)),
    async getImage(query, page) {
      const question = await results.questionOf(query);
      // Maps may take long to draw: those that a page waits for no more give way to its latest.
      return jobs.run({ kind: 'maps', folder: question.folder, page, isLatest: true }, (watch) =>
        viewer.run('readImage', { ...query, ...question }, { ...watch, isLong: isDrawn(query) }),
      );
    },
    getWaterfall: async (query) =>
      viewer.run('waterfall', { ...query, ...(await results.questionOf(query)) }),
  };
}

/** Whether maps are drawn, which takes long, and not read from what the run has kept. */
function isDrawn({ method }: { readonly method?: string }): boolean {
  return method !== 'coefficients';
}
