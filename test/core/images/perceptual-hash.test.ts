import { describe, expect, it } from 'vitest';
import { differenceHash, hashDistance } from '../../../core/images/perceptual-hash.ts';
import { createRandom } from '../../../core/random.ts';

/** A grey picture by its brightness at each place. */
function picture(width: number, height: number, at: (x: number, y: number) => number) {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++)
    data.fill(at((i % width) / width, Math.floor(i / width) / height), 3 * i, 3 * i + 3);
  return { width, height, data };
}
const waves = (seed: number) => {
  const random = createRandom(seed);
  const terms = Array.from({ length: 6 }, () => [
    random.normal() * 7,
    random.normal() * 7,
    random.uniform() * 6,
  ]);
  return (x: number, y: number) =>
    127 + 18 * terms.reduce((sum, [a, b, c]) => sum + Math.sin(a * x + b * y + c), 0);
};

describe('differenceHash()', () => {
  it('has a bit for each pair of neighbours of which the left one is brighter', () => {
    expect(differenceHash(picture(18, 16, (x) => 250 - 240 * x))).toEqual([0xffffffff, 0xffffffff]);
    expect(differenceHash(picture(18, 16, (x) => 10 + 240 * x))).toEqual([0, 0]);
    // Bright in the lower half of the first column alone: the first bit of rows 4 to 7.
    expect(differenceHash(picture(18, 16, (x, y) => (y >= 0.5 && x < 1 / 9 ? 200 : 50)))).toEqual([
      0, 0x01010101,
    ]);
  });

  it('stays nearly the same when a picture is scaled or brighter, and differs between pictures', () => {
    const own = differenceHash(picture(128, 128, waves(1)));
    expect(hashDistance(own, differenceHash(picture(97, 64, waves(1))))).toBeLessThanOrEqual(4);
    expect(
      hashDistance(own, differenceHash(picture(128, 128, (x, y) => waves(1)(x, y) + 20))),
    ).toBeLessThanOrEqual(2);
    expect(hashDistance(own, differenceHash(picture(128, 128, waves(2))))).toBeGreaterThan(10);
  });

  it('counts bits over both halves', () => {
    expect(hashDistance([0, 0], [0xffffffff, 0x80000001])).toBe(34);
    expect(hashDistance([5, 9], [5, 9])).toBe(0);
  });
});
