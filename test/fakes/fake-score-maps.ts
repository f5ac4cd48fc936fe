import type { ScoreMapApi, ScoreMapView, WorkbenchEvents } from '../../main/api/contract.ts';

const square = (colour: string): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128"><rect width="128" height="128" fill="${colour}"/></svg>`,
  )}`;

const NAMES = ['barn', 'car', 'house', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];

const viewOf = (index: number): ScoreMapView => {
  const name = NAMES[index % NAMES.length];
  return {
    file: `/models/demo/images/${name}/${index}.jpg`,
    src: square('#7a8b99'),
    map: square('#b5763c'),
    said: `${name} 98.2\u00a0%`,
    score: `logit of ${name} 6.21`,
    covered: `With the most important square covered, the logit of ${name} goes from 6.21 to 2.1 (−4.11\u00a0logit); the answer stays.`,
    square: [43, 30, 14, 14],
    maximum: 4.11,
  };
};

/** Maps that are there at once. */
export function fakeScoreMaps(
  emit: <Name extends keyof WorkbenchEvents>(event: Name, payload: WorkbenchEvents[Name]) => void,
): ScoreMapApi {
  return {
    drawScoreMaps(query) {
      const facts = {
        methodText:
          'A square of 18 × 18 pixels is moved over the picture in steps of 9 and hides what lies under it, in 196 places. The colour says how much the score falls, on average over the squares that hide the place. Hidden pixels take the mean colour of the preprocessing.',
        isSigned: query.method !== 'sobol-attribution',
      };
      const maps = Array.from({ length: query.count }, (_, index) => viewOf(index));
      for (const map of maps)
        emit('scoreMap', { asked: 'demo', query, found: { ...facts, maps: [map], skipped: [] } });
      const skipped = [
        { file: '/models/demo/images/train/17.jpg', reason: 'corrupt JPEG: premature end of data' },
      ];
      return Promise.resolve({ ...facts, maps, skipped });
    },
    saveScoreMaps: () => Promise.resolve({ path: '/home/ada/model maps.html', document: null }),
  };
}
