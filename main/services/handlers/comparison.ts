import type { Part, Services } from './services.ts';

/** Two runs side by side. */
export function comparisonHandlers({
  comparisons,
  desktop,
}: Pick<Services, 'comparisons' | 'desktop'>): Part<
  'listComparable' | 'findComparable' | 'chooseComparable' | 'compareRuns' | 'saveComparison'
> {
  return {
    listComparable: () => comparisons.list(),
    findComparable: ({ paths }) => comparisons.find(paths),
    async chooseComparable() {
      const paths = await desktop.chooseFiles('project');
      return paths.length === 0 ? comparisons.list() : comparisons.find(paths);
    },
    compareRuns: (pair, page) => comparisons.compare(pair, page),
    saveComparison: (pair, page) => comparisons.save(pair, page),
  };
}
