import type { Part, Services } from './services.ts';

/** What a finished run found out, and what a person makes of it. */
export function resultHandlers({
  results,
  viewer,
}: Pick<Services, 'results' | 'viewer'>): Part<
  | 'getResult'
  | 'listCrops'
  | 'editConcept'
  | 'undoEdit'
  | 'redoEdit'
  | 'listRunImages'
  | 'getImage'
  | 'getWaterfall'
> {
  const drawing = latestOnly();
  return {
    getResult: async (run) => results.read(await results.questionOf(run)),
    listCrops: async (query) => viewer.run('listCrops', { ...query, ...(await results.questionOf(query)) }),
    editConcept: async ({ edit, ...run }) => results.edit(await results.questionOf(run), edit),
    undoEdit: async (run) => results.undo(await results.questionOf(run)),
    redoEdit: async (run) => results.redo(await results.questionOf(run)),
    listRunImages: async (run) => viewer.run('listRunImages', await results.questionOf(run)),
    getImage: async (query) =>
      viewer.run('readImage', { ...query, ...(await results.questionOf(query)) }, { signal: drawing.next() }),
    getWaterfall: async (query) =>
      viewer.run('waterfall', { ...query, ...(await results.questionOf(query)) }),
  };
}

/** Maps may take long to draw: those that nobody waits for any more give way to the latest. */
function latestOnly(): { next(): AbortSignal } {
  let last: AbortController | undefined;
  return {
    next() {
      last?.abort();
      last = new AbortController();
      return last.signal;
    },
  };
}
