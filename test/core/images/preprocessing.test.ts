import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guessPreprocessing } from '../../../core/images/guess-preprocessing.ts';
import { fitOf, parsePreprocessing, toInputTensor } from '../../../core/images/preprocessing.ts';
import { fromPreset, presetNames } from '../../../core/images/preprocessing-presets.ts';
import { scorePreprocessings } from '../../../core/images/score-preprocessings.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import type { Storage } from '../../../core/platform.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';

// Two pixels wide, two high; channels differ everywhere.
const image = { width: 2, height: 2, data: Uint8Array.of(0, 51, 102, 153, 204, 255, 10, 20, 30, 40, 50, 60) };
const plain = parsePreprocessing({ size: 2 });
// The values come from a float32 table of one division and subtraction each.
const tolerance = { rtol: 1e-6, atol: 1e-6 };

describe('toInputTensor()', () => {
  it('lays channels out as planes (NCHW) or as pixels (NHWC)', () => {
    const planar = toInputTensor([image], plain);
    expect(planar.dims).toEqual([1, 3, 2, 2]);
    expect(planar.data).toBeAllclose(
      [0, 153, 10, 40, 51, 204, 20, 50, 102, 255, 30, 60].map((v) => v / 255),
      tolerance,
    );
    const packed = toInputTensor([image], { ...plain, layout: 'NHWC' });
    expect(packed.dims).toEqual([1, 2, 2, 3]);
    expect(packed.data).toBeAllclose(
      Array.from(image.data, (v) => v / 255),
      tolerance,
    );
  });

  it('turns v into (v / scale - mean) / std, for each channel its own', () => {
    const settings = { ...plain, scale: 100, mean: [0.1, 0.2, 0.3], std: [1, 2, 4] } as const;
    const { data } = toInputTensor([image], settings);
    expect([data[0], data[4], data[8]]).toBeAllclose([-0.1, (0.51 - 0.2) / 2, (1.02 - 0.3) / 4], tolerance);
  });

  it('gives blue first for BGR, with mean in that order', () => {
    const settings = { ...plain, channelOrder: 'BGR', scale: 1, mean: [2, 1, 0] } as const;
    const { data } = toInputTensor([image], settings);
    expect([data[0], data[4], data[8]]).toEqual([100, 50, 0]);
  });

  it('puts pictures one after another, and takes none', () => {
    const { dims, data } = toInputTensor([image, { ...image, data: new Uint8Array(12) }], plain);
    expect(dims).toEqual([2, 3, 2, 2]);
    expect(Array.from(data.subarray(12))).toEqual(new Array(12).fill(0));
    expect(toInputTensor([], plain).dims).toEqual([0, 3, 2, 2]);
  });

  it('takes oblong pictures, rows first', () => {
    const oblong = { width: 4, height: 1, data: image.data };
    const settings = { ...plain, size: 1, width: 4 };
    expect(toInputTensor([oblong], settings).dims).toEqual([1, 3, 1, 4]);
    expect(toInputTensor([oblong], { ...settings, layout: 'NHWC' }).dims).toEqual([1, 1, 4, 3]);
  });

  it('refuses a picture of another size', () => {
    expect(() => toInputTensor([image], { ...plain, size: 4 })).toThrow('picture is 2 x 2, not 4 x 4');
  });
});

describe('parsePreprocessing()', () => {
  it('fills what is absent with the commonest values', () => {
    expect(parsePreprocessing({ size: 224 })).toEqual({
      size: 224,
      fit: 'cover',
      kernel: 'cubic',
      channelOrder: 'RGB',
      scale: 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      layout: 'NCHW',
    });
  });

  it.each([
    [{ size: 0 }, /size: /],
    [{ size: 224, std: [1, 0, 1] }, /std\.1: /],
    [{ size: 224, mean: [1] }, /mean/],
    [{ size: 224, fit: 'zoom' }, /fit: /],
    [null, /^the preprocessing is not valid: it: /],
    [{ size: 224, resizeShort: 200 }, /resizeShort is 200, but 224 pixels are to be cut out of it/],
  ])('refuses %j, naming the field', (json, message) => {
    expect(() => parsePreprocessing(json)).toThrow(message);
  });
});

describe('fromPreset()', () => {
  it('gives every preset the size and layout of the model', () => {
    for (const name of presetNames) {
      const preprocessing = fromPreset(name, { size: 224, layout: 'NHWC' });
      expect(preprocessing).toMatchObject({ size: 224, resizeShort: 256, layout: 'NHWC' });
      expect(parsePreprocessing(preprocessing)).toEqual(preprocessing);
    }
  });

  it('cuts a window out of oblong proportions', () => {
    const preprocessing = fromPreset('imagenet', { size: 224, width: 448, layout: 'NCHW' });
    expect(parsePreprocessing(preprocessing)).toEqual(preprocessing);
    expect(fitOf(preprocessing)).toMatchObject({ width: 448, height: 224, resizeShort: 256 });
  });

  it('takes small pictures whole', () => {
    expect(fitOf(fromPreset('imagenet', { size: 32, layout: 'NCHW' }))).toEqual({
      width: 32,
      height: 32,
      resizeShort: 32,
      fit: 'cover',
      kernel: 'cubic',
    });
  });
});

/** Storage with these files and nothing else. */
function memory(files: Readonly<Record<string, string>>): Storage {
  return {
    ...fileStorage,
    exists: (path) => Promise.resolve(path in files),
    readBytes: (path) => Promise.resolve(new TextEncoder().encode(files[path])),
  };
}

describe('guessPreprocessing()', () => {
  const model = {
    path: join('m', 'net.onnx'),
    metadata: new Map<string, string>(),
    input: { size: 64, layout: 'NHWC' as const },
  };

  it('reads the card beside the model first, size and layout from the graph where it is silent', async () => {
    const card = join('m', 'net.json');
    const storage = memory({
      [card]: '\uFEFF{"preprocessing": {"scale": 1}}',
      [join('m', 'card.json')]: '{}',
    });
    const guess = await guessPreprocessing(storage, model);
    expect(guess).toMatchObject({ source: 'card', reason: `from the card ${card}` });
    expect(guess.preprocessing).toMatchObject({ scale: 1, size: 64, layout: 'NHWC' });
  });

  it('then card.json, then the metadata, then ImageNet, and says so', async () => {
    const inFolder = memory({ [join('m', 'card.json')]: '{"preprocessing": {"size": 96}}' });
    expect((await guessPreprocessing(inFolder, model)).preprocessing.size).toBe(96);
    const metadata = new Map([['preprocessing', '{"std": [2, 2, 2]}']]);
    expect(await guessPreprocessing(memory({}), { ...model, metadata })).toMatchObject({
      source: 'metadata',
      preprocessing: { std: [2, 2, 2] },
    });
    expect(await guessPreprocessing(memory({}), model)).toMatchObject({
      source: 'default',
      preprocessing: { mean: [0.485, 0.456, 0.406], size: 64 },
      reason: expect.stringContaining('ImageNet') as string,
    });
  });

  it.each([
    ['{"preprocessing": {"size": -1}}', /net\.json: the preprocessing is not valid: size/],
    ['{"preprocessing": 7}', /net\.json: the preprocessing is not valid/],
    ['{broken', /net\.json holds no valid JSON/],
    ['[1]', /net\.json is not a model card: a JSON object was expected/],
  ])('refuses the card %s instead of guessing', async (text, message) => {
    const storage = memory({ [join('m', 'net.json')]: text });
    await expect(guessPreprocessing(storage, model)).rejects.toThrow(message);
  });
});

const models = join(import.meta.dirname, '../../../../shared/data/models');
describe.skipIf(!existsSync(models))(
  'guessPreprocessing() with the shared models (skipped without ../shared)',
  () => {
    it.each([
      ['squeezenet1_1', { scale: 255, layout: 'NCHW', resizeShort: 256 }],
      ['mobilenet_v2', { scale: 1, mean: [127.5, 127.5, 127.5], layout: 'NHWC' }],
      ['cifar10_resnet20', { size: 32, resizeShort: 32 }],
    ])('reads the card of %s', async (name, wanted) => {
      const path = join(models, `${name}.onnx`);
      const guess = await guessPreprocessing(fileStorage, {
        path,
        metadata: new Map(),
        input: { size: 1, layout: 'NCHW' },
      });
      expect(guess.source).toBe('card');
      expect(guess.preprocessing).toMatchObject(wanted);
    });
  },
);

describe('scorePreprocessings()', () => {
  const sure = { name: 'sure', logits: matrix(2, 3, Float32Array.of(9, 0, 0, 0, 9, 0)) };
  const unsure = { name: 'unsure', logits: matrix(2, 3, Float32Array.of(1, 0, 0, 0, 0, 1)) };

  it('prefers the surer predictions when no class is known', () => {
    const [first, second] = scorePreprocessings([unsure, sure]);
    expect([first.name, first.hitRate, second.name]).toEqual(['sure', undefined, 'unsure']);
    // softmax of (9, 0, 0) and (1, 0, 0).
    expect([first.confidence, second.confidence]).toBeAllclose(
      [1 / (1 + 2 * Math.exp(-9)), 1 / (1 + 2 / Math.E)],
      {
        rtol: 1e-12,
      },
    );
  });

  it('prefers hits over confidence', () => {
    const ranked = scorePreprocessings([sure, unsure], [undefined, 2]);
    expect(ranked.map(({ name, hitRate }) => [name, hitRate])).toEqual([
      ['unsure', 1],
      ['sure', 0],
    ]);
  });

  it('survives logits that are huge or not finite', () => {
    const huge = { name: 'huge', logits: matrix(1, 2, Float32Array.of(3e38, -3e38)) };
    const broken = { name: 'broken', logits: matrix(1, 2, Float32Array.of(NaN, 1)) };
    const ranked = scorePreprocessings([broken, huge]);
    expect(ranked.map(({ confidence }) => confidence)).toEqual([1, 0]);
  });
});
