import type { Part, Services } from './services.ts';

/** New images in the terms of a finished run. */
export function newImageHandlers({
  newImages,
  results,
  desktop,
}: Pick<Services, 'newImages' | 'results' | 'desktop'>): Part<
  'chooseNewImages' | 'scoreImages' | 'getScored' | 'listScored' | 'getScoredImage' | 'saveScored'
> {
  return {
    chooseNewImages: () => desktop.chooseFiles('folders'),
    scoreImages: async ({ paths, ...run }, page) =>
      newImages.score(await results.questionOf(run), paths, page),
    getScored: (run) => Promise.resolve(newImages.last(run)),
    listScored: async (query) => Promise.resolve(newImages.list(query)),
    getScoredImage: async (query) => Promise.resolve(newImages.detail(query)),
    saveScored: (query) => newImages.save(query),
  };
}
