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
  'getEvaluation' | 'evaluateRun' | 'getErrorAnalysis' | 'weighRanks' | 'compareCuts'
> {
  return {
    getEvaluation: async (run) => viewer.run('readEvaluation', await results.questionOf(run)),
    evaluateRun: async ({ level, ...run }, page) =>
      evaluations.evaluate(await results.questionOf(run), level, page),
    getErrorAnalysis: async (run) => viewer.run('errorAnalysis', await results.questionOf(run)),
    async weighRanks({ run }, page) {
      if (run !== undefined) return evaluations.rankOfRun(await results.questionOf(run), page);
      return evaluations.rankOfOptions(askedIn(setup), page);
    },
    compareCuts: (_query, page) => evaluations.frontierOfOptions(askedIn(setup), page),
  };
}

/** The run that is set up, as far as it can be asked about. */
function askedIn({ state }: Services['setup']) {
  requirePictures(state);
  requireClass(state);
  return { folder: requireFolder(state), options: explainOptionsOf(state) };
}
