import { explainOptionsOf } from '../setup-state.ts';
import { requireClass, requireFolder, requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** How far a run can be trusted. */
export function evaluationHandlers({
  setup,
  results,
  evaluations,
  viewer,
}: Pick<Services, 'setup' | 'results' | 'evaluations' | 'viewer'>): Part<
  'getEvaluation' | 'evaluateRun' | 'getErrorAnalysis' | 'weighRanks' | 'stopEvaluation'
> {
  return {
    getEvaluation: async ({ runId }) => viewer.run('readEvaluation', await results.questionOf(runId)),
    evaluateRun: async ({ runId, level }, page) =>
      evaluations.evaluate(await results.questionOf(runId), level, page),
    getErrorAnalysis: async ({ runId }) => viewer.run('errorAnalysis', await results.questionOf(runId)),
    async weighRanks({ runId }, page) {
      if (runId !== undefined) return evaluations.rankOfRun(await results.questionOf(runId), page);
      const { state } = setup;
      requirePictures(state);
      requireClass(state);
      const folder = requireFolder(state);
      return evaluations.rankOfOptions({ folder, options: explainOptionsOf(state) }, page);
    },
    stopEvaluation(_, page) {
      evaluations.stop(page);
      return Promise.resolve(null);
    },
  };
}
