import { describe, expect, it } from 'vitest';
import { recurringMark, type Suspect } from '../../../core/images/recurring-mark.ts';
import { createRandom } from '../../../core/random.ts';

const SIDE = 40;
const MARK = 9;
const PLANAR = { channels: 3, height: SIDE, width: SIDE, layout: 'NCHW' } as const;

/** Where the mark lies in picture i: somewhere else in each. */
const placeOf = (i: number) => ({ top: 3 + ((i * 7) % 25), left: 3 + ((i * 11) % 25) });

/** Soft noise, in which pictures of the list show the same rings at places of their own. */
function pictures(count: number, isBearer: (i: number) => boolean): Float32Array[] {
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(i + 1);
    const picture = Float32Array.from({ length: 3 * SIDE * SIDE }, () => 0.3 * random.normal());
    const { top, left } = placeOf(i);
    if (!isBearer(i)) return picture;
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const far = Math.hypot((pixel % SIDE) - left - 4, Math.floor(pixel / SIDE) - top - 4);
      if (far > 4) continue;
      for (let channel = 0; channel < 3; channel++)
        picture[channel * SIDE * SIDE + pixel] = far > 2 ? [2, -2, 0][channel] : 2;
    }
    return picture;
  });
}
const suspects = (...of: number[]): Suspect[] =>
  of.map((picture) => ({ picture, ...placeOf(picture), side: 10 }));
const mixed = (planar: Float32Array): Float32Array =>
  planar.map((_, i) => planar[(i % 3) * SIDE * SIDE + Math.floor(i / 3)]);

describe('recurringMark()', () => {
  it('finds the mark of most pictures, and where it lies in each', () => {
    const bears = (i: number) => i % 5 !== 4;
    const mark = recurringMark(pictures(20, bears), PLANAR, suspects(0, 7))!;
    expect(mark.places).toHaveLength(20);
    mark.places.forEach((place, i) => {
      expect(place !== undefined).toBe(bears(i));
      if (place === undefined) return;
      // All but an edge of the mark is in the square.
      const { top, left } = placeOf(i);
      expect(place.top).toBeLessThanOrEqual(top + 2);
      expect(place.left).toBeLessThanOrEqual(left + 2);
      expect(place.top + mark.side).toBeGreaterThanOrEqual(top + MARK - 2);
      expect(place.left + mark.side).toBeGreaterThanOrEqual(left + MARK - 2);
    });
  });

  it('finds the same whichever way channels lie, and in pictures of many pixels', () => {
    const all = pictures(12, () => true);
    const mark = recurringMark(all, PLANAR, suspects(0, 7));
    expect(mark).toBeDefined();
    expect(recurringMark(all.map(mixed), { ...PLANAR, layout: 'NHWC' }, suspects(0, 7))).toEqual(mark);
    const large = { ...PLANAR, height: 4 * SIDE, width: 4 * SIDE };
    const grown = all.map((picture) =>
      Float32Array.from({ length: 16 * picture.length }, (_, i) => {
        const pixel = i % (16 * SIDE * SIDE);
        const [row, column] = [Math.floor(pixel / (4 * SIDE)), pixel % (4 * SIDE)];
        const channel = Math.floor(i / (16 * SIDE * SIDE));
        return picture[(channel * SIDE + Math.floor(row / 4)) * SIDE + Math.floor(column / 4)];
      }),
    );
    const four = suspects(0, 7).map((suspect) => ({
      picture: suspect.picture,
      top: 4 * suspect.top,
      left: 4 * suspect.left,
      side: 40,
    }));
    expect(recurringMark(grown, large, four)).toEqual({
      side: 4 * mark!.side,
      places: mark!.places.map((place) => place && { top: 4 * place.top, left: 4 * place.left }),
    });
  });

  it('finds none where few pictures bear one, or nothing is suspected', () => {
    expect(
      recurringMark(
        pictures(20, (i) => i % 2 === 0),
        PLANAR,
        suspects(0, 4),
      ),
    ).toBeUndefined();
    expect(
      recurringMark(
        pictures(20, () => false),
        PLANAR,
        suspects(0, 7),
      ),
    ).toBeUndefined();
    expect(
      recurringMark(
        pictures(20, () => true),
        PLANAR,
        [],
      ),
    ).toBeUndefined();
  });

  it('takes for no mark what lies in the same scene everywhere: copies of one picture, a plain wall', () => {
    const [copy] = pictures(1, () => true);
    expect(
      recurringMark(
        Array.from({ length: 12 }, () => copy),
        PLANAR,
        suspects(0),
      ),
    ).toBeUndefined();
    const plain = Array.from({ length: 12 }, () => new Float32Array(3 * SIDE * SIDE).fill(0.5));
    expect(recurringMark(plain, PLANAR, suspects(0))).toBeUndefined();
  });
});
