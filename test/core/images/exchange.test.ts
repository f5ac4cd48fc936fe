import { describe, expect, it } from 'vitest';
import { exchanged, isInPlace, paintedOver } from '../../../core/images/exchange.ts';
import type { PictureLayout } from '../../../core/images/picture-layout.ts';
import { EXCHANGES, FRAME_PLACES } from '../../../core/metrics/cues.ts';
import { createRandom } from '../../../core/random.ts';

const SIDE = 20;
const PLANAR: PictureLayout = { channels: 3, height: SIDE, width: SIDE, layout: 'NCHW' };
const MIXED: PictureLayout = { ...PLANAR, layout: 'NHWC' };

function noise(seed: number, mean = 0): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: 3 * SIDE * SIDE }, () => mean + random.normal());
}
/** The same picture with its channels last. */
function mixed(planar: Float32Array): Float32Array {
  const pixels = SIDE * SIDE;
  return planar.map((_, i) => planar[(i % 3) * pixels + Math.floor(i / 3)]);
}
function pixels(picture: Float32Array): number[] {
  return [...picture.subarray(0, SIDE * SIDE)];
}

describe('exchanged()', () => {
  it('does the same whichever way channels lie', () => {
    const [recipient, donor] = [noise(1), noise(2, 1)];
    for (const name of EXCHANGES) {
      const planar = mixed(exchanged(name, recipient, donor, PLANAR));
      const last = exchanged(name, mixed(recipient), mixed(donor), MIXED);
      expect(planar.map((value, i) => Math.abs(value - last[i])).every((gap) => gap < 1e-5)).toBe(true);
    }
  });

  it('takes the place from the donor and leaves the rest', () => {
    const out = pixels(exchanged('top-left', new Float32Array(1200), new Float32Array(1200).fill(1), PLANAR));
    const places = [...out.keys()].filter((pixel) => out[pixel] === 1);
    expect(places).toHaveLength(25);
    expect(places.every((pixel) => pixel % SIDE < 5 && pixel < 5 * SIDE)).toBe(true);
    for (const name of FRAME_PLACES) {
      const given = pixels(exchanged(name, new Float32Array(1200), new Float32Array(1200).fill(1), PLANAR));
      given.forEach((value, pixel) => {
        const inside = isInPlace(
          name,
          (Math.floor(pixel / SIDE) + 0.5) / SIDE,
          ((pixel % SIDE) + 0.5) / SIDE,
        );
        expect(value).toBe(Number(inside));
      });
    }
  });

  it('makes what is above of the upper corners alone', () => {
    const donor = new Float32Array(1200);
    // All but the four corners of the upper fifth would be seen as ones.
    for (let pixel = 0; pixel < 400; pixel++) {
      const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
      if (row >= 4 || (column >= 4 && column < 16)) donor[pixel] = 1;
      else donor[pixel] = 2;
    }
    const out = pixels(exchanged('above', new Float32Array(1200), donor, PLANAR));
    expect(new Set(out)).toEqual(new Set([0, 2]));
    expect(out[(SIDE - 1) * SIDE]).toBe(2);
    expect(out[10 * SIDE + 10]).toBe(0);
  });

  it('gives the mean and spread of the colours, within the range of both', () => {
    const [recipient, donor] = [noise(3), noise(4, 2).map((value) => value / 2)];
    const out = exchanged('colours', recipient, donor, PLANAR);
    const mean = (picture: Float32Array): number =>
      pixels(picture).reduce((sum, value) => sum + value, 0) / 400;
    expect(mean(out)).toBeCloseTo(mean(donor), 1);
    expect(Math.max(...pixels(out))).toBeLessThanOrEqual(Math.max(...pixels(recipient), ...pixels(donor)));
    const grey = new Float32Array(1200).fill(0.5);
    expect(exchanged('colours', recipient, grey, PLANAR).every((value) => Math.abs(value - 0.5) < 0.2)).toBe(
      true,
    );
    expect(exchanged('colours', grey, donor, PLANAR).every(Number.isFinite)).toBe(true);
  });

  it('softens what is sharper than the donor and roughens what is softer', () => {
    const [flat, rough] = [new Float32Array(1200).fill(0.5), noise(5)];
    const spread = (picture: Float32Array): number =>
      Math.hypot(...pixels(picture).map((value) => value - 0.5));
    expect(spread(exchanged('detail', rough, flat, PLANAR))).toBeLessThan(0.6 * spread(rough));
    expect(spread(exchanged('detail', flat, rough, PLANAR))).toBeGreaterThan(0.5 * spread(rough));
  });
});

describe('paintedOver()', () => {
  it('continues the picture from beside the place', () => {
    // Each pixel is its own row plus its column over a hundred.
    const picture = Float32Array.from(
      { length: 1200 },
      (_, i) => Math.floor((i % 400) / SIDE) + (i % SIDE) / 100,
    );
    const at = (out: Float32Array, row: number, column: number): number => out[row * SIDE + column];
    expect(at(paintedOver('top', picture, PLANAR), 0, 7)).toBeCloseTo(3.07, 5);
    expect(at(paintedOver('right', picture, PLANAR), 4, 19)).toBeCloseTo(4.16, 5);
    expect(at(paintedOver('top-left', picture, PLANAR), 2, 1)).toBeCloseTo(2.05, 5);
    expect(at(paintedOver('bottom-right', picture, PLANAR), 19, 19)).toBeCloseTo(19.14, 5);
    expect(at(paintedOver('border', picture, PLANAR), 0, 0)).toBeCloseTo(2.02, 5);
    for (const name of FRAME_PLACES)
      expect(at(paintedOver(name, picture, PLANAR), 10, 10)).toBeCloseTo(10.1, 5);
  });
});
