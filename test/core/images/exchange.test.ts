import { describe, expect, it } from 'vitest';
import { exchanged, isInPlace, paintedOver, withSquare } from '../../../core/images/exchange.ts';
import type { PictureLayout } from '../../../core/images/picture-layout.ts';
import { FRAME_PLACES, PLACES_AND_LOOKS } from '../../../core/metrics/cues.ts';
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
    for (const name of PLACES_AND_LOOKS) {
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

  it("gives the corners the mean and spread of the donor's, within the range of both", () => {
    const [recipient, donor] = [noise(3), noise(4, 2).map((value) => value / 2)];
    const out = exchanged('colours', recipient, donor, PLANAR);
    const isCorner = (pixel: number): boolean =>
      [Math.floor(pixel / SIDE), pixel % SIDE].every((at) => Math.min(at, SIDE - 1 - at) < 5);
    const corners = (picture: Float32Array): number[] =>
      pixels(picture).filter((_, pixel) => isCorner(pixel));
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = (values: number[]): number =>
      Math.hypot(...values.map((value) => value - mean(values))) / Math.sqrt(values.length);
    expect(mean(corners(out))).toBeCloseTo(mean(corners(donor)), 1);
    expect(spread(corners(out))).toBeCloseTo(spread(corners(donor)), 1);
    expect(Math.max(...pixels(out))).toBeLessThanOrEqual(Math.max(...pixels(recipient), ...pixels(donor)));
    const grey = new Float32Array(1200).fill(0.5);
    const plain = exchanged('colours', recipient, grey, PLANAR);
    expect(spread(pixels(plain))).toBeLessThan(0.3 * spread(pixels(recipient)));
    expect(exchanged('colours', grey, donor, PLANAR).every(Number.isFinite)).toBe(true);
    // What an object in the middle is coloured like does not go over.
    const flower = grey.slice();
    flower.fill(0.9, 8 * SIDE, 12 * SIDE);
    expect(corners(exchanged('colours', recipient, flower, PLANAR))).toEqual(corners(plain));
  });

  it('softens what is sharper than the donor and roughens what is softer', () => {
    const [flat, rough] = [new Float32Array(1200).fill(0.5), noise(5)];
    const spread = (picture: Float32Array): number =>
      Math.hypot(...pixels(picture).map((value) => value - 0.5));
    expect(spread(exchanged('grain', rough, flat, PLANAR))).toBeLessThan(0.6 * spread(rough));
    expect(spread(exchanged('grain', flat, rough, PLANAR))).toBeGreaterThan(0.5 * spread(rough));
  });
});

describe('sharpness', () => {
  it('is taken over whatever pictures show, and given back', () => {
    const sharp = noise(6);
    const blurred = Float32Array.from(sharp);
    for (let i = 1; i + 1 < blurred.length; i++) blurred[i] = (sharp[i - 1] + sharp[i] + sharp[i + 1]) / 3;
    const step = (picture: Float32Array): number => {
      const own = pixels(picture);
      return own.slice(1).reduce((sum, value, i) => sum + Math.abs(value - own[i]), 0);
    };
    const other = noise(7);
    expect(step(exchanged('sharpness', other, blurred, PLANAR))).toBeLessThan(0.8 * step(other));
    expect(step(exchanged('sharpness', blurred, other, PLANAR))).toBeGreaterThan(1.2 * step(blurred));
    expect(step(exchanged('sharpness', other, sharp, PLANAR))).toBeCloseTo(step(other), -2);
    // As a strong blur leaves nothing to be strengthened, it can be taken over but hardly back.
    let soft = other;
    for (let time = 0; time < 4; time++) soft = exchanged('sharpness', soft, blurred, PLANAR);
    const very = soft.map((value, i) => (soft[Math.max(0, i - 1)] + value + soft[Math.min(1199, i + 1)]) / 3);
    expect(step(exchanged('sharpness', sharp, very, PLANAR))).toBeLessThan(0.5 * step(sharp));
  });
});

describe('saturation', () => {
  const GREY = { black: [-0.5, 0, 1], white: [2, 3, 1.5] };
  const layout = { ...PLANAR, grey: GREY };
  /** Pixels of brightness 0.5, so far from grey. */
  const coloured = (far: number): Float32Array =>
    Float32Array.from({ length: 1200 }, (_, i) => {
      const channel = Math.floor(i / 400);
      return GREY.black[channel] + GREY.white[channel] * (0.5 + far * [1, 0, -1][channel]);
    });
  const close = (a: Float32Array, b: Float32Array): boolean =>
    a.every((value, i) => Math.abs(value - b[i]) < 1e-5);

  it('takes a picture as far from grey as another, whatever black and white are', () => {
    expect(close(exchanged('saturation', coloured(0.3), coloured(0), layout), coloured(0))).toBe(true);
    expect(close(exchanged('saturation', coloured(0.1), coloured(0.2), layout), coloured(0.2))).toBe(true);
    // Grey has no colour to strengthen.
    expect(close(exchanged('saturation', coloured(0), coloured(0.2), layout), coloured(0))).toBe(true);
  });

  it('leaves alone what is not red, green and blue', () => {
    expect(exchanged('saturation', coloured(0.3), coloured(0), PLANAR)).toEqual(coloured(0.3));
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

describe('withSquare()', () => {
  it('takes a square from the same place of the donor and leaves the rest', () => {
    const [none, all] = [new Float32Array(1200), new Float32Array(1200).fill(1)];
    const square = { top: 3, left: 15, side: 4 };
    const out = pixels(withSquare(none, all, PLANAR, square));
    const taken = [...out.keys()].filter((pixel) => out[pixel] === 1);
    expect(taken).toHaveLength(16);
    expect([taken[0], taken[15]]).toEqual([3 * SIDE + 15, 6 * SIDE + 18]);
    expect(mixed(withSquare(none, all, PLANAR, square))).toEqual(withSquare(none, all, MIXED, square));
  });
});
