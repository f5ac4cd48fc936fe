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
  'getEvaluation' | 'evaluateRun' | 'getErrorAnalysis' | 'weighRanks'
> {
  return {
    getEvaluation: async (run) => viewer.run('readEvaluation', await results.questionOf(run)),
    evaluateRun: async ({ level, ...run }, page) =>
      evaluations.evaluate(await results.questionOf(run), level, page),
    getErrorAnalysis: async (run) => viewer.run('errorAnalysis', await results.questionOf(run)),
    async weighRanks({ run }, page) {
      if (run !== undefined) return evaluations.rankOfRun(await results.questionOf(run), page);
      const { state } = setup;
      requirePictures(state);
      requireClass(state);
      const folder = requireFolder(state);
      return evaluations.rankOfOptions({ folder, options: explainOptionsOf(state) }, page);
    },
  };
}
