import type { Part, Services } from './services.ts';

/** Models that concepts are taken out of. */
export function editModelHandlers({
  modelEdits,
  results,
}: Pick<Services, 'modelEdits' | 'results'>): Part<
  'tryEdit' | 'searchEdits' | 'countConceptCosts' | 'savePackage' | 'saveEdited' | 'saveEditPage'
> {
  return {
    async tryEdit({ project, runId, ...edit }, page) {
      return modelEdits.try(await results.questionOf({ project, runId }), edit, page);
    },
    async searchEdits({ project, runId, ...where }, page) {
      return modelEdits.search(await results.questionOf({ project, runId }), where, page);
    },
    async countConceptCosts({ project, runId, heldOut }, page) {
      return modelEdits.countCosts(await results.questionOf({ project, runId }), heldOut, page);
    },
    async savePackage({ project, runId, edit }, page) {
      return modelEdits.savePackage(await results.questionOf({ project, runId }), edit, page);
    },
    saveEdited: (query) => modelEdits.save(query),
    saveEditPage: (query, page) => modelEdits.savePage(query, page),
  };
}
