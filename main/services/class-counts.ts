import type { ClassCounts } from '../api/contract.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { Predictions } from '../compute/protocol.ts';
import { askedOf, type SetupState } from './setup-state.ts';

/**
 * The classes that a model gives to pictures, each with the first picture of it: the most frequent first, or in the order
 * in which they came while there are pictures that it was not asked about, so that none moves under a hand.
 */
export function classCounts(state: SetupState, { images, predicted, skipped }: Predictions): ClassCounts {
  const { scanKey, scan } = state;
  const counts = new Map<number, { name: string; count: number; first: number }>();
  predicted.forEach(({ index, name }, i) => {
    const entry = counts.get(index) ?? { name, count: 0, first: images[i] };
    counts.set(index, { ...entry, count: entry.count + 1 });
  });
  const of = scan?.images.length ?? 0;
  const isComplete = images.length + skipped.length >= of;
  const classes = isComplete ? [...counts].sort(([, a], [, b]) => b.count - a.count) : [...counts];
  return {
    asked: askedOf(state) ?? '',
    of,
    classes: classes.map(([index, { name, count, first }]) => ({
      index,
      name,
      count,
      picture: pictureId({ kind: 'file', scan: scanKey, index: first }),
    })),
    images: images.length,
    skipped,
  };
}
