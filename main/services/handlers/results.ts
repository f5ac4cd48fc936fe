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
  const drawing = latestOnly();
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
    getImage: async ({ runId, ...rest }) =>
      viewer.run('readImage', { ...rest, ...(await results.questionOf(runId)) }, { signal: drawing.next() }),
    getWaterfall: async ({ runId, image }) =>
      viewer.run('waterfall', { image, ...(await results.questionOf(runId)) }),
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
