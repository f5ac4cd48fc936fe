import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guessPreprocessing, rangeFor } from '../../../core/images/guess-preprocessing.ts';
import { fitOf, parsePreprocessing, toInputTensor } from '../../../core/images/preprocessing.ts';
import {
  allPresets,
  fromPreset,
  presetNames,
  presetOf,
  type PresetName,
} from '../../../core/images/preprocessing-presets.ts';
import { scorePreprocessings } from '../../../core/images/score-preprocessings.ts';
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

  it('makes one channel of grey levels, halves rounded up', () => {
    const grey = parsePreprocessing({ size: 2, scale: 1, mean: [0], std: [1] });
    const { dims, data } = toInputTensor([image], grey);
    expect(dims).toEqual([1, 1, 2, 2]);
    // (299 · 0 + 587 · 51 + 114 · 102) / 1000 = 41.565, and so on.
    expect(Array.from(data)).toEqual([42, 195, 18, 48]);
    const half = { width: 1, height: 1, data: Uint8Array.of(0, 0, 250) };
    expect(toInputTensor([half], { ...grey, size: 1 }).data[0]).toBe(29);
    expect(toInputTensor([image], { ...grey, layout: 'NHWC' }).dims).toEqual([1, 2, 2, 1]);
  });

  it('takes the opacity as fourth channel, 255 where a picture has none', () => {
    const four = parsePreprocessing({ size: 2, scale: 1, mean: [0, 0, 0, 0], channelOrder: 'BGR' });
    expect(fitOf(four)).toMatchObject({ keepsOpacity: true });
    const half = { ...image, opacity: Uint8Array.of(0, 1, 2, 3) };
    const { dims, data } = toInputTensor([image, half], four);
    expect(dims).toEqual([2, 4, 2, 2]);
    expect(Array.from(data.subarray(0, 4))).toEqual([102, 255, 30, 60]);
    expect(Array.from(data.subarray(12, 16))).toEqual([255, 255, 255, 255]);
    expect(Array.from(data.subarray(28, 32))).toEqual([0, 1, 2, 3]);
    const packed = toInputTensor([half], { ...four, layout: 'NHWC' });
    expect(Array.from(packed.data.subarray(4, 8))).toEqual([255, 204, 153, 1]);
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
    [{ size: 224, mean: [1, 2] }, /mean: expected a list of 1, 3 or 4 numbers/],
    [{ size: 224, mean: [1], std: [1, 1, 1] }, /mean has 1 numbers and std 3/],
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
      const preprocessing = fromPreset(name, { size: 224, layout: 'NHWC', channels: 3 });
      expect(preprocessing).toMatchObject({ size: 224, resizeShort: 256, layout: 'NHWC' });
      expect(parsePreprocessing(preprocessing)).toEqual(preprocessing);
    }
  });

  it('cuts a window out of oblong proportions', () => {
    const preprocessing = fromPreset('imagenet', { size: 224, width: 448, layout: 'NCHW', channels: 3 });
    expect(parsePreprocessing(preprocessing)).toEqual(preprocessing);
    expect(fitOf(preprocessing)).toMatchObject({ width: 448, height: 224, resizeShort: 256 });
  });

  it('gives grey the mean of the colours, and alpha their range', () => {
    const of = (name: PresetName, channels: number) =>
      fromPreset(name, { size: 64, layout: 'NCHW', channels });
    expect(of('symmetric', 1)).toMatchObject({ scale: 1, mean: [127.5], std: [127.5] });
    expect(of('imagenet', 1).mean).toBeAllclose([0.299 * 0.485 + 0.587 * 0.456 + 0.114 * 0.406], {
      rtol: 1e-5,
    });
    expect(of('caffe', 1)).toMatchObject({ channelOrder: 'RGB', std: [1] });
    expect(of('caffe', 1).mean).toBeAllclose([0.299 * 123.68 + 0.587 * 116.779 + 0.114 * 103.939], {
      rtol: 1e-5,
    });
    expect(of('symmetric', 4).mean).toEqual([127.5, 127.5, 127.5, 127.5]);
    expect(of('imagenet', 4)).toMatchObject({
      mean: [0.485, 0.456, 0.406, 0],
      std: [0.229, 0.224, 0.225, 1],
    });
  });

  it('names presets with the way to resize, and finds them again', () => {
    const input = { size: 224, layout: 'NCHW', channels: 3 } as const;
    expect(fitOf(fromPreset('unit/opencv-squash', input))).toEqual({
      width: 224,
      height: 224,
      fit: 'stretch',
      kernel: 'opencv-linear',
    });
    expect(fitOf(fromPreset('unit/pil-crop', input))).toMatchObject({
      resizeShort: 256,
      kernel: 'pil-bilinear',
    });
    for (const name of allPresets) expect(presetOf(fromPreset(name, input))).toBe(name);
    expect(presetOf({ ...fromPreset('raw', input), alpha: 'drop' })).toBe('raw');
    expect(presetOf({ ...fromPreset('raw', input), scale: 2 })).toBeUndefined();
  });

  it('takes small pictures whole', () => {
    expect(fitOf(fromPreset('imagenet', { size: 32, layout: 'NCHW', channels: 3 }))).toEqual({
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

/** Of a graph that does not normalise by itself. */
const NOTHING = { isWhole: false, factor: [1], offset: [0] };

describe('guessPreprocessing()', () => {
  const model = {
    path: join('m', 'net.onnx'),
    metadata: new Map<string, string>(),
    input: { size: 64, layout: 'NHWC' as const, channels: 3 },
    inside: NOTHING,
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

  it('assumes grey levels from 0 to 1 for one channel, and says so', async () => {
    const grey = { ...model, input: { ...model.input, channels: 1 } };
    expect(await guessPreprocessing(memory({}), grey)).toMatchObject({
      source: 'default',
      preprocessing: { scale: 255, mean: [0], std: [1] },
      reason: expect.stringContaining('grey levels from 0 to 1 are assumed') as string,
    });
  });

  it('refuses a card for other channels than the model takes', async () => {
    const storage = memory({ [join('m', 'net.json')]: '{"preprocessing": {"mean": [0.5, 0.5, 0.5]}}' });
    const grey = { ...model, input: { ...model.input, channels: 1 } };
    await expect(guessPreprocessing(storage, grey)).rejects.toThrow(
      'mean and std have 3 numbers, the model takes one channel (grey)',
    );
  });

  it('does nothing for a graph that normalises by itself, and says what it does', async () => {
    const inside = { isWhole: false, factor: [1 / 58.4, 1 / 57.1, 1 / 57.4], offset: [-2.12, -2.04, -1.8] };
    expect(await guessPreprocessing(memory({}), { ...model, inside })).toMatchObject({
      source: 'graph',
      preprocessing: { scale: 1, mean: [0, 0, 0], std: [1, 1, 1], size: 64 },
      reason:
        'the graph begins with its own normalisation, (x - [123.8, 116.5, 103.3]) / [58.4, 57.1, 57.4], made for levels from 0 to 255, so that is what it is given',
    });
    const whole = await guessPreprocessing(memory({}), { ...model, inside: { ...NOTHING, isWhole: true } });
    expect(whole).toMatchObject({ source: 'graph', preprocessing: { scale: 1 } });
    expect(whole.reason).toBe('the model takes whole numbers, so levels are given as they are, 0 to 255');
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

describe('rangeFor()', () => {
  it.each([
    ['nothing', [1], [0], undefined],
    ['/ 255', [1 / 255], [0], 255],
    ['/ 127.5 - 1', [1 / 127.5], [-1], 255],
    ['mean and deviation of levels', [1 / 58.4, 1 / 57.1, 1 / 57.4], [-2.12, -2.04, -1.8], 255],
    ['the mean of levels alone', [1, 1, 1], [-103.9, -116.8, -123.7], 255],
    ['mean and deviation of 0 to 1', [4.37, 4.46, 4.44], [-2.12, -2.04, -1.8], 1],
    ['2 x - 1', [2], [-1], 1],
    ['x 255', [255], [0], 1],
    ['a learned scale', [1.3], [0], undefined],
    ['a learned shift', [1], [0.2], undefined],
  ])('knows for what levels %s is made', (_, factor, offset, range) => {
    expect(rangeFor({ isWhole: false, factor, offset })).toBe(range);
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
        input: { size: 1, layout: 'NCHW', channels: 3 },
        inside: NOTHING,
      });
      expect(guess.source).toBe('card');
      expect(guess.preprocessing).toMatchObject(wanted);
    });
  },
);

describe('scorePreprocessings()', () => {
  const answers = (...pairs: (readonly [index: number, probability: number])[]) =>
    pairs.map(([index, probability]) => ({ index, probability }));
  const sure = { name: 'sure', answers: answers([0, 0.9], [1, 0.8]) };
  const unsure = { name: 'unsure', answers: answers([0, 0.5], [2, 0.6]) };

  it('prefers the surer predictions when no class is known', () => {
    const [first, second] = scorePreprocessings([unsure, sure]);
    expect([first.name, first.hitRate, second.name]).toEqual(['sure', undefined, 'unsure']);
    expect([first.confidence, second.confidence]).toBeAllclose([0.85, 0.55], { rtol: 1e-12 });
  });

  it('prefers hits over confidence', () => {
    const ranked = scorePreprocessings([sure, unsure], [undefined, 2]);
    expect(ranked.map(({ name, hitRate }) => [name, hitRate])).toEqual([
      ['unsure', 1],
      ['sure', 0],
    ]);
  });

  it('takes what is not finite, or has no probability, for no confidence', () => {
    const broken = { name: 'broken', answers: answers([0, NaN], [0, 0.5]) };
    const bare = { name: 'bare', answers: [{ index: 0 }] };
    const ranked = scorePreprocessings([bare, broken]);
    expect(ranked.map(({ name, confidence }) => [name, confidence])).toEqual([
      ['broken', 0.25],
      ['bare', 0],
    ]);
  });
});
