import { copyFileSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanImages } from '../../../core/images/folder-scan.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import { comparePresets } from '../../../core/pipeline/compare-presets.ts';
import { openModel, type IntakeOptions } from '../../../core/pipeline/model-intake.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { colourModel } from '../../fixtures/colour-model.ts';

const environment = createNodeEnvironment();
const COLOURS = { red: [220, 40, 30], green: [30, 200, 60], blue: [20, 50, 210] };
let folder: string;
let model: string;

/** Three pictures of each colour in a folder of its name, `side` pixels wide and half as high. */
async function pictures(name: string, side: number, colours = Object.keys(COLOURS)): Promise<string> {
  const root = join(folder, name);
  for (const colour of colours) {
    await mkdir(join(root, colour), { recursive: true });
    const [r, g, b] = COLOURS[colour as keyof typeof COLOURS];
    for (const at of [0, 1, 2]) {
      const background = { r: r - at, g: g + at, b: b - at };
      const create = { width: side, height: side, channels: 3, background } as const;
      await sharp({ create })
        .png()
        .toFile(join(root, colour, `${at}.png`));
    }
  }
  return root;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-presets-'));
  model = join(folder, 'colours.onnx');
  await writeFile(model, encodeModel(colourModel()));
  await writeFile(join(folder, 'right.txt'), 'red\ngreen\nblue');
  await writeFile(join(folder, 'shifted.txt'), 'background\nred\ngreen');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function compared(root: string, options: IntakeOptions = {}, path = model) {
  const intake = await openModel(environment.storage, path, options);
  const { images } = await scanImages(environment.storage, [root]);
  return comparePresets(environment, intake, images);
}

describe('comparePresets()', () => {
  it('keeps what is in use among equals, and tells what is right less often', async () => {
    const root = await pictures('same', 32);
    const { presets, shift } = await compared(root, { labels: join(folder, 'right.txt') });
    expect(presets.map(({ preset }) => preset).toSorted()).toEqual([
      ...['caffe', 'clip', 'imagenet', 'raw', 'symmetric', 'unit'],
    ]);
    expect(presets[0]).toMatchObject({ preset: 'imagenet', hitRate: 1, proposed: true });
    // Red and blue change places.
    expect(presets.at(-1)).toMatchObject({ preset: 'caffe', hitRate: 1 / 3, proposed: false });
    expect(presets.filter(({ proposed }) => proposed).length).toBe(1);
    expect(shift).toBeUndefined();
  });

  it('proposes the values that are right more often than those in use', async () => {
    const options = { labels: join(folder, 'right.txt'), preprocessing: 'caffe' };
    const { presets } = await compared(join(folder, 'same'), options);
    expect(presets[0]).toMatchObject({ hitRate: 1, proposed: true });
    expect(presets[0].preset).not.toBe('caffe');
  });

  it('tries ways to resize where they change anything, and what is in use as it was found', async () => {
    await writeFile(join(folder, 'card.txt'), '{"mean": [0.1, 0.1, 0.1]}');
    const root = await pictures('steep', 33);
    const gradient = Uint8Array.from(
      { length: 48 * 33 * 3 },
      (_, i) => ((i * 97) % 256) / (i % 3 === 0 ? 1 : 9),
    );
    const raw = { width: 48, height: 33, channels: 3 } as const;
    await sharp(gradient, { raw })
      .png()
      .toFile(join(root, 'red', 'steep.png'));
    const options = { labels: join(folder, 'right.txt'), preprocessing: join(folder, 'card.txt') };
    const { presets } = await compared(root, options);
    const names = presets.map(({ preset }) => preset);
    expect(names).toContain('as found');
    expect(names.filter((name) => name.includes('/')).length).toBeGreaterThan(3);
    expect(presets[0]).toMatchObject({ preset: 'as found', proposed: true });
  });

  it('notices names that are off by one, and judges by them moved', async () => {
    const { presets, shift } = await compared(join(folder, 'same'), { labels: join(folder, 'shifted.txt') });
    expect(shift).toEqual({ shift: 'drop-first', known: 6, hits: 0, shiftedHits: 6 });
    expect(presets[0]).toMatchObject({ preset: 'imagenet', hitRate: 1, proposed: true });
    const moved = { labels: join(folder, 'shifted.txt'), labelShift: 'drop-first' } as const;
    expect((await compared(join(folder, 'same'), moved)).shift).toBeUndefined();
  });

  it.each([
    ['one class alone', ['red'], 'right.txt'],
    ['no class', ['red', 'green'], undefined],
  ])('proposes nothing by folders of %s', async (_, colours, labels) => {
    const root = await pictures(`few ${colours.join()}`, 32, colours);
    const { presets } = await compared(root, labels === undefined ? {} : { labels: join(folder, labels) });
    expect(presets.length).toBe(6);
    expect(presets.every(({ proposed }) => !proposed)).toBe(true);
  });
});

const intake = join(import.meta.dirname, '../../../../shared/reference/intake');
describe.skipIf(!existsSync(intake))(
  'comparePresets() on models of the intake reference (skipped without ../shared)',
  () => {
    it('finds their preprocessing where no card says it', async () => {
      const path = join(folder, 'softmax_end.onnx');
      copyFileSync(join(intake, 'softmax_end.onnx'), path);
      await writeFile(join(folder, 'softmax_end.labels.txt'), 'circle\nsquare\ntriangle');
      const { presets } = await compared(join(intake, 'images'), {}, path);
      expect(presets[0]).toMatchObject({ preset: 'symmetric', proposed: true });
      expect(presets[0].hitRate).toBeGreaterThan(0.9);
    });

    it('counts every other folder for the class of everything else', async () => {
      const { presets } = await compared(join(intake, 'images'), {}, join(intake, 'binary_sigmoid.onnx'));
      expect(presets[0]).toMatchObject({ preset: 'symmetric', proposed: true });
    });

    it('gives a model of whole numbers nothing but levels, and one without classes nothing', async () => {
      const levels = await compared(join(intake, 'images'), {}, join(intake, 'uint8_nhwc.onnx'));
      expect(levels.presets.map(({ preset }) => preset)).toEqual(['raw']);
      expect(levels.presets[0].hitRate).toBeGreaterThan(0.9);
      const number = await compared(join(intake, 'images'), {}, join(intake, 'regression.onnx'));
      expect(number.presets).toEqual([]);
    });
  },
);
