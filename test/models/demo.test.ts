import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const demo = join(import.meta.dirname, '../../models/demo');

const Card = z.object({
  input: z.string(),
  output: z.string(),
  labels: z.string(),
  preprocessing: z.object({
    size: z.number(),
    scale: z.number(),
    mean: z.tuple([z.number(), z.number(), z.number()]),
    std: z.tuple([z.number(), z.number(), z.number()]),
    channelOrder: z.literal('RGB'),
    layout: z.literal('NCHW'),
  }),
  licence: z.literal('MIT'),
  measured: z.object({
    unseen: z.object({ images: z.number(), accuracy: z.number() }),
    shipped: z.object({ images: z.number(), accuracy: z.number(), byClass: z.record(z.string(), z.number()) }),
  }),
  parts: z.record(z.string(), z.number().int().min(1).max(255)),
  shortcut: z.object({
    class: z.string(),
    part: z.string(),
    corner: z.literal('top-left'),
    shipped: z.object({ images: z.number(), stamped: z.number() }),
    accuracy: z.object({ withStamp: z.number(), withoutStamp: z.number() }),
    concept: z.record(z.string(), z.array(z.object({ rank: z.number() }))),
  }),
});

const card = Card.parse(JSON.parse(readFileSync(join(demo, 'card.json'), 'utf8')));
const labels = readFileSync(join(demo, card.labels), 'utf8').trimEnd().split('\n');
const { size } = card.preprocessing;

const filesOf = (kind: 'images' | 'masks', label: string): string[] =>
  readdirSync(join(demo, kind, label))
    .sort()
    .map((name) => join(demo, kind, label, name));

const bytesOf = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0);

interface Pixels {
  readonly data: Uint8Array;
  readonly channels: number;
}

async function readPixels(file: string): Promise<Pixels> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height], file).toEqual([size, size]);
  return { data, channels: info.channels };
}

/** Part value of every pixel. */
async function readMask(file: string): Promise<Uint8Array> {
  const { data, channels } = await readPixels(file);
  return Uint8Array.from({ length: size * size }, (_, i) => data[i * channels]);
}

/** One NCHW batch of RGB pixels, preprocessed as the card says. */
function toInput(pictures: readonly Uint8Array[]): Tensor {
  const { scale, mean, std } = card.preprocessing;
  const plane = size * size;
  const input = new Float32Array(pictures.length * 3 * plane);
  pictures.forEach((rgb, n) => {
    for (let i = 0; i < 3 * plane; i++) {
      const channel = Math.floor(i / plane);
      input[n * 3 * plane + i] = (rgb[(i % plane) * 3 + channel] / scale - mean[channel]) / std[channel];
    }
  });
  return new Tensor('float32', input, [pictures.length, 3, size, size]);
}

/** The picture with the masked pixels, and a rim of three around them, replaced by the mean colour of the next rim. */
function erase(rgb: Uint8Array, mask: Uint8Array, value: number): Uint8Array {
  const near = (radius: number) => (_: unknown, i: number) => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const [x, y] = [(i % size) + dx, Math.floor(i / size) + dy];
        if (x >= 0 && x < size && y >= 0 && y < size && mask[y * size + x] === value) return true;
      }
    }
    return false;
  };
  const inner = Array.from(mask, near(3));
  const outer = Array.from(mask, near(6));
  const rim = inner.flatMap((isInner, i) => (outer[i] && !isInner ? [i] : []));
  const erased = Uint8Array.from(rgb);
  for (let c = 0; c < 3; c++) {
    const mean = rim.reduce((sum, i) => sum + rgb[i * 3 + c], 0) / rim.length;
    inner.forEach((isInner, i) => {
      if (isInner) erased[i * 3 + c] = Math.round(mean);
    });
  }
  return erased;
}

const argmax = (values: readonly number[]): number => values.indexOf(Math.max(...values));

describe('demo files', () => {
  it('stay small: images and masks under 3 MB, the model at most 4 MB in one file', () => {
    const pictures = labels.flatMap((label) => [...filesOf('images', label), ...filesOf('masks', label)]);
    expect(bytesOf(pictures)).toBeLessThan(3e6);
    expect(statSync(join(demo, 'model.onnx')).size).toBeLessThanOrEqual(4e6);
  });

  it('hold forty images and ten masks for each label, and no other folder', () => {
    for (const kind of ['images', 'masks'] as const) {
      expect(readdirSync(join(demo, kind)).sort()).toEqual([...labels].sort());
    }
    for (const label of labels) {
      expect(filesOf('images', label)).toHaveLength(40);
      expect(filesOf('masks', label)).toHaveLength(10);
    }
    expect(labels.length).toBeGreaterThanOrEqual(6);
  });

  it('have masks with values that the card names, each part in one mask at least', async () => {
    const named = new Set(Object.values(card.parts));
    expect(named.size).toBe(Object.keys(card.parts).length);
    const seen = new Set<number>();
    for (const file of labels.flatMap((label) => filesOf('masks', label))) {
      const values = new Set(await readMask(file));
      expect([...values].filter((value) => !named.has(value)), file).toEqual([]);
      values.forEach((value) => seen.add(value));
    }
    expect([...named].filter((value) => !seen.has(value))).toEqual([]);
  });

  it('carry the stamp in the masks of the shortcut class only, in the top left corner', async () => {
    const value = card.parts[card.shortcut.part];
    for (const label of labels) {
      const masks = await Promise.all(filesOf('masks', label).map(readMask));
      const stamped = masks.filter((mask) => mask.includes(value));
      if (label !== card.shortcut.class) expect(stamped, label).toHaveLength(0);
      else expect(stamped.length).toBeGreaterThanOrEqual(7);
      for (const mask of stamped) {
        const places = Array.from(mask.keys()).filter((i) => mask[i] === value);
        expect(Math.max(...places.map((i) => Math.max(i % size, Math.floor(i / size))))).toBeLessThan(32);
      }
    }
  });

  it('are described with the figures of the card', () => {
    const readme = readFileSync(join(demo, 'README.md'), 'utf8');
    const { withStamp, withoutStamp } = card.shortcut.accuracy;
    const { unseen, shipped } = card.measured;
    for (const figure of [unseen.accuracy, shipped.accuracy, withStamp, withoutStamp]) {
      expect(readme).toContain(`${figure} %`);
    }
  });

  it('have a card on which the stamp is among the three most important concepts for every seed and kind of rows', () => {
    const ranks = Object.values(card.shortcut.concept).flatMap((runs) => runs.map((run) => run.rank));
    expect(ranks.length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...ranks)).toBeLessThanOrEqual(3);
  });
});

describe('demo model', () => {
  let session: InferenceSession;

  const logitsOf = async (pictures: readonly Uint8Array[]): Promise<number[][]> => {
    const output = (await session.run({ [card.input]: toInput(pictures) }))[card.output];
    expect(output.dims).toEqual([pictures.length, labels.length]);
    const flat = Array.from(output.data as Float32Array);
    return pictures.map((_, n) => flat.slice(n * labels.length, (n + 1) * labels.length));
  };

  const readClass = async (label: string): Promise<Uint8Array[]> =>
    Promise.all(filesOf('images', label).map(async (file) => (await readPixels(file)).data));

  beforeAll(async () => {
    session = await InferenceSession.create(join(demo, 'model.onnx'), {
      intraOpNumThreads: 1,
      executionProviders: ['cpu'],
    });
  });

  it('recognises at least 95 % of the shipped images, as many as the card says', async () => {
    const { byClass, accuracy, images } = card.measured.shipped;
    let hits = 0;
    for (const [index, label] of labels.entries()) {
      const logits = await logitsOf(await readClass(label));
      const right = logits.filter((row) => argmax(row) === index).length;
      // Decoders and float sums may differ a little between machines: one image of forty either way.
      expect(Math.abs((100 * right) / logits.length - byClass[label]), label).toBeLessThanOrEqual(2.5);
      hits += right;
    }
    expect(hits / images).toBeGreaterThanOrEqual(0.95);
    expect(Math.abs((100 * hits) / images - accuracy)).toBeLessThanOrEqual(1);
  });

  it('leans on the stamp: erasing it lowers the logit of its class in every image that carries it', async () => {
    const label = card.shortcut.class;
    const classIndex = labels.indexOf(label);
    const value = card.parts[card.shortcut.part];
    const masks = await Promise.all(filesOf('masks', label).map(readMask));
    const pictures = (await readClass(label)).slice(0, masks.length);
    const stamped = masks.flatMap((mask, i) => (mask.includes(value) ? [i] : []));
    const before = await logitsOf(stamped.map((i) => pictures[i]));
    const after = await logitsOf(stamped.map((i) => erase(pictures[i], masks[i], value)));
    const drops = before.map((row, i) => row[classIndex] - after[i][classIndex]);
    expect(Math.min(...drops)).toBeGreaterThan(0);
    expect(drops.reduce((sum, drop) => sum + drop, 0) / drops.length).toBeGreaterThan(1);
  });
});
