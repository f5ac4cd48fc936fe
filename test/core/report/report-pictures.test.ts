import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../../core/platform.ts';
import { dataUrl } from '../../../core/report/data-url.ts';
import { mapColour } from '../../../core/wording/map-colours.ts';
import { assemblePictures } from '../../../core/report/report-pictures.ts';
import { cutScaled, overlayMap } from '../../../core/report/rgb-picture.ts';
import { blobMap, gradientImage, sampleExplanation } from './sample-report.ts';

const flat = (width: number, height: number, value: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(value),
});
const red = ({ data }: RgbImage) => [...data].filter((_, index) => index % 3 === 0);

describe('dataUrl()', () => {
  it('encodes as Node does, whatever the length', () => {
    for (let length = 0; length < 20; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 37 + 200);
      expect(dataUrl('image/jpeg', bytes)).toBe(
        `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`,
      );
    }
  });
});

describe('cutScaled()', () => {
  const ramp: RgbImage = {
    width: 4,
    height: 1,
    data: Uint8Array.from([0, 40, 80, 120].flatMap((v) => [v, v, v])),
  };

  it('copies a box at its own size', () => {
    expect(red(cutScaled(ramp, [1, 0, 2, 1], 2, 1))).toEqual([40, 80]);
  });

  it('interpolates when it grows and averages when it shrinks', () => {
    expect(red(cutScaled(ramp, [1, 0, 2, 1], 4, 1))).toEqual([30, 50, 70, 90]);
    // Triangle of radius 2 around 0.5: weights 1, 3, 3, 1 of 8, with the left edge repeated.
    expect(red(cutScaled(ramp, [0, 0, 4, 1], 2, 1))).toEqual([25, 95]);
  });

  it('keeps an even colour even', () => {
    expect(new Set(cutScaled(flat(5, 7, 93), [0, 0, 5, 7], 3, 11).data)).toEqual(new Set([93]));
  });
});

describe('overlayMap()', () => {
  it('is grey where the concept is absent from a black picture, and takes the map colours where it is strong', () => {
    const map = { values: Float32Array.of(0, 2), grid: [1, 2] } as const;
    const { data } = overlayMap(flat(2, 1, 200), map, 2);
    const [absent, strong] = [[...data.subarray(0, 3)], [...data.subarray(3, 6)]];
    expect(Math.max(...absent) - Math.min(...absent)).toBeLessThanOrEqual(2);
    const bright = mapColour(1);
    strong.forEach((channel, i) =>
      expect(Math.abs(channel - bright[i])).toBeLessThan(Math.abs(200 - bright[i]) + 1),
    );
    expect(strong).not.toEqual(absent);
  });

  it('survives a concept that is nowhere', () => {
    const map = { values: new Float32Array(4), grid: [2, 2] } as const;
    expect([...overlayMap(flat(2, 2, 100), map, 0).data].every(Number.isFinite)).toBe(true);
  });
});

describe('assemblePictures()', () => {
  const explanation = sampleExplanation({ concepts: 3, images: 9 });
  const encoded: RgbImage[] = [];
  const codec = {
    encodeJpeg: (image: RgbImage) => Promise.resolve(Uint8Array.of(encoded.push(image))),
  };

  it('loads each image once and gives every concept its pictures in the order of its crops', async () => {
    const loaded: number[] = [];
    const pictures = await assemblePictures({
      explanation,
      codec,
      loadImage: (image) => Promise.resolve(gradientImage((loaded.push(image), image), 64)),
      frame: { width: 128, height: 128 },
      mapOf: (concept, image) => (image === 4 ? undefined : blobMap(concept, image)),
      cropsPerConcept: 5,
    });
    expect(new Set(loaded).size).toBe(loaded.length);
    for (const concept of explanation.concepts) {
      const { crops, examples, mapMaximum } = pictures[concept.id];
      expect(crops.map(({ image }) => image)).toEqual(concept.crops.slice(0, 5).map(({ image }) => image));
      expect(crops.map(({ coefficient }) => coefficient)).toEqual(
        concept.crops.slice(0, 5).map(({ coefficient }) => coefficient),
      );
      const order = [...new Set(concept.crops.map(({ image }) => image))].filter((image) => image !== 4);
      expect(examples.map(({ image }) => image)).toEqual(order.slice(0, 3));
      expect(mapMaximum).toBe(4);
    }
    expect(encoded[0]).toMatchObject({ width: 128, height: 128 });
  });
});
