import { describe, expect, it } from 'vitest';
import { findMark, type Scores } from '../../../core/pipeline/find-mark.ts';
import { pairsOfMark } from '../../../core/pipeline/cue-pairs.ts';
import type { CuePictures } from '../../../core/pipeline/cue-pictures.ts';
import { createRandom } from '../../../core/random.ts';

const SIDE = 40;
const SQUARE = 8;
const layout = { channels: 1, height: SIDE, width: SIDE, layout: 'NCHW' } as const;
const isInk = (row: number, column: number) => (row + column) % 2 === 0;

/** Noise with a checked square at a place of its own, or without. */
function picture(seed: number, place?: { readonly top: number; readonly left: number }): Float32Array {
  const random = createRandom(seed);
  const out = Float32Array.from({ length: SIDE * SIDE }, () => 0.3 * random.normal());
  for (let at = 0; place && at < SQUARE * SQUARE; at++) {
    const [row, column] = [Math.floor(at / SQUARE), at % SQUARE];
    out[(place.top + row) * SIDE + place.left + column] = isInk(row, column) ? 3 : -3;
  }
  return out;
}
const places = Array.from({ length: 12 }, (_, i) => ({
  top: 3 + ((i * 13) % 26),
  left: 3 + ((i * 5) % 26),
}));
const pictures: CuePictures = {
  own: places.map((place, i) => picture(i + 1, place)),
  others: Array.from({ length: 9 }, (_, i) => picture(100 + i)),
  layout,
  batch: () => {
    throw new Error('not asked for');
  },
};
/** A model that counts ink: it falls where the square is covered. */
const ink: Scores = (all) =>
  Promise.resolve(all.map((one) => one.filter((value) => Math.abs(value) > 2).length));

/** Noise with a square of one colour, always in the same place. */
function stamped(seed: number): Float32Array {
  const out = picture(seed);
  for (let at = 0; at < 25; at++) out[(18 + Math.floor(at / 5)) * SIDE + 12 + (at % 5)] = 3;
  return out;
}

describe('findMark()', () => {
  it('finds what lies in one place of all, however plain it is', async () => {
    const own = places.map((_, i) => stamped(i + 1));
    const mark = (await findMark({ ...pictures, own }, ink))!;
    expect(mark.side).toBeLessThanOrEqual(7);
    expect(mark.places[0]!.top).toBeGreaterThanOrEqual(17);
    expect(mark.places[0]!.left).toBeGreaterThanOrEqual(10);
  });

  it('finds what the score rests on where that looks the same from picture to picture', async () => {
    const mark = (await findMark(pictures, ink))!;
    expect(mark.places.filter((place) => place !== undefined)).toHaveLength(12);
    const { joined, unmoved, taken, without, pairs } = pairsOfMark(pictures, mark);
    const all = Array.from({ length: pairs }, (_, i) => i);
    const mean = async (made: (i: number) => Float32Array) =>
      (await ink(all.map(made))).reduce((sum, value) => sum + value, 0) / pairs;
    // The square goes with it, from the one picture into the other.
    expect(await mean(joined)).toBeGreaterThan(0.8 * SQUARE ** 2);
    expect(await mean(taken)).toBeLessThan(0.2 * SQUARE ** 2);
    expect(await mean(unmoved)).toBe(0);
    expect(await mean(without)).toBe(0);
  });

  it('finds none where the score rests on something else', async () => {
    const brightness: Scores = (all) => Promise.resolve(all.map((one) => -(one.at(0) ?? 0)));
    const plain = { ...pictures, own: pictures.others };
    expect(await findMark(plain, brightness)).toBeUndefined();
  });
});
