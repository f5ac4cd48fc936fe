import { FEWEST_IMAGES } from '../../core/metrics/drift.ts';
import { markedSentence } from '../../core/wording/object-words.ts';
import type { MarksSummary, RunObjects } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** Boxes in the demo's images: the first concept seeks the lanterns, the last keeps off all. */
export function fakeObjects({ run, images }: DemoRunReader): RunObjects {
  const shares = (shift: number) =>
    run.concepts
      .map(({ id, name }, rank) => {
        const [area, difference] = [0.2, Math.max(-0.15, shift - 0.12 * rank)];
        return {
          ...{ concept: id, name, images: images.length, area, difference },
          inside: Math.min(1, Math.max(0, area + difference)),
          ...{ low: difference - 0.05, high: difference + 0.05 },
        };
      })
      .sort((a, b) => b.difference - a.difference);
  const none = { count: 0, some: [] };
  return {
    file: 'boxes.json',
    images: images.length,
    explained: images.length,
    ...{ strangers: none, ambiguous: none },
    shares: shares(0.3),
    kinds: [
      { name: 'house', images: images.length, shares: shares(0.4) },
      { name: 'tree', images: FEWEST_IMAGES, shares: shares(0) },
    ],
  };
}

/** What the setup says of them. */
export function fakeMarks({ file, images, kinds }: RunObjects): MarksSummary {
  return {
    path: '/pictures/boxes.json',
    fileName: file,
    matched: markedSentence({ pictures: 31, marked: images, objects: 40 }),
    notes: ['2 marked pictures are none of the images: lost.jpg and gone.jpg.'],
    kinds: kinds.map(({ name, images: count }) => ({ name, images: count })),
  };
}
