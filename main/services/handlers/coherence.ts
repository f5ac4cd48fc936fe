import type { Part, Services } from './services.ts';

/** The analyst's own test of whether concepts hold together. */
export function coherenceHandlers({
  results,
  viewer,
}: Pick<Services, 'results' | 'viewer'>): Part<
  'listCoherence' | 'drawCoherenceCheck' | 'answerCoherenceSet'
> {
  return {
    listCoherence: async (run) => viewer.run('listCoherence', await results.questionOf(run)),
    drawCoherenceCheck: async ({ size, ...run }) =>
      viewer.run('drawCoherenceCheck', { ...(await results.questionOf(run)), size }),
    answerCoherenceSet: async ({ number, size, set, crop, ...run }) =>
      viewer.run('answerCoherenceSet', { ...(await results.questionOf(run)), number, size, set, crop }),
  };
}
