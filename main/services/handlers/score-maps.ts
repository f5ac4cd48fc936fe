import type { Part, Services } from './services.ts';

/** Where a score comes from, before a run or without one. */
export function scoreMapHandlers({
  scoreMaps,
}: Pick<Services, 'scoreMaps'>): Part<'drawScoreMaps' | 'saveScoreMaps'> {
  return {
    drawScoreMaps: (query, page) => scoreMaps.draw(query, page),
    saveScoreMaps: () => scoreMaps.save(),
  };
}
