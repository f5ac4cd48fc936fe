import type { Part, Services } from './services.ts';

/** The boxes and masks of a project, and how much of a run's concepts lies in them. */
export function markHandlers({
  results,
  viewer,
  setup,
}: Pick<Services, 'results' | 'viewer' | 'setup'>): Part<'getObjects' | 'removeMarks'> {
  return {
    getObjects: async (run) => viewer.run('readObjects', await results.questionOf(run), { isLong: true }),
    removeMarks: () => setup.forget('marks'),
  };
}
