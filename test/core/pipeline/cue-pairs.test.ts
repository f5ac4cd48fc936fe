import { describe, expect, it } from 'vitest';
import { exchangedCounts, pairsOf, type CuePairs } from '../../../core/pipeline/cue-pairs.ts';

const SIZE = 8;
const LAYOUT = { channels: 1, height: SIZE, width: SIZE, layout: 'NCHW' } as const;
/** A picture of one level, with another in its upper left corner. */
const picture = (level: number, corner: number): Float32Array =>
  Float32Array.from({ length: SIZE * SIZE }, (_, at) =>
    Math.floor(at / SIZE) < 2 && at % SIZE < 2 ? corner : level,
  );
const batch = (): never => {
  throw new Error('the pictures are not run');
};

describe('exchangedCounts', () => {
  // The class shows by a bright corner; of the others the second has one of its own accord.
  const own = [7, 8, 9, 7, 8, 9].map((corner) => picture(1, corner));
  const others = [picture(2, 0), picture(3, 6), picture(4, 0)];
  const both = pairsOf({ own, others, layout: LAYOUT, batch }, 'top-left');

  it('counts every pair, though the model is asked once of pictures that come again', async () => {
    const asked: number[] = [];
    const counts = await exchangedCounts(both, (pictures) => {
      asked.push(pictures.length);
      return Promise.resolve(pictures.map((one) => one[0] > 5));
    });
    // Others get the corner of the next: the first that of the second, in two of the six pairs.
    expect(counts).toEqual({ pairs: 6, moved: 6, moving: 2, left: 4 });
    expect(asked).toEqual([3, 3, 3, 6]);
  });

  it('counts as if each pair were asked about', async () => {
    const called = (pictures: readonly Float32Array[]) => Promise.resolve(pictures.map((one) => one[0] > 5));
    const asIfDifferent: CuePairs = { ...both, unmovedDiffering: both.pairs };
    expect(await exchangedCounts(both, called)).toEqual(await exchangedCounts(asIfDifferent, called));
  });
});
