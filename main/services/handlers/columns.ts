import type { Part, Services } from './services.ts';

/** The table of a project, and what its columns have to do with a run. */
export function columnHandlers({
  results,
  viewer,
  setup,
}: Pick<Services, 'results' | 'viewer' | 'setup'>): Part<'getColumns' | 'removeTable'> {
  return {
    getColumns: async (run) => viewer.run('readColumns', await results.questionOf(run), { isLong: true }),
    removeTable: () => setup.forget('table'),
  };
}
