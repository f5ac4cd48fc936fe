import type { ClassCounts } from '../api/contract.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { Predictions } from '../compute/protocol.ts';
import type { SetupState } from './setup-state.ts';

/** The classes that a model gives to pictures, the most frequent first, each with the first picture of it. */
export function classCounts(
  { scanKey }: SetupState,
  { images, predicted, skipped }: Predictions,
): ClassCounts {
  const counts = new Map<number, { name: string; count: number; first: number }>();
  predicted.forEach(({ index, name }, i) => {
    const entry = counts.get(index) ?? { name, count: 0, first: images[i] };
    counts.set(index, { ...entry, count: entry.count + 1 });
  });
  const classes = [...counts].sort(([, a], [, b]) => b.count - a.count);
  return {
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
