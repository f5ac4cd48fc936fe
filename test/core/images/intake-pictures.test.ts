import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { guessPreprocessing } from '../../../core/images/guess-preprocessing.ts';
import { loadModel } from '../../../core/onnx/load-model.ts';
import { normalisationInside } from '../../../core/onnx/preprocessing-inside.ts';
import { readBatch } from '../../../core/pipeline/pictures.ts';
import { sharpCodec } from '../../../core/runtime/image-codec.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import type { ElementType } from '../../../core/tensor.ts';

const folder = join(import.meta.dirname, '../../../../shared/reference/intake');
const pictures = join(folder, 'images');
const isThere = existsSync(folder);

interface Case {
  readonly images?: object;
  readonly input: {
    readonly layout: 'NCHW' | 'NHWC';
    readonly channels: number;
    readonly dtype: ElementType;
    readonly size: readonly [number, number] | 'any';
    readonly pixel: { readonly scale: number; readonly mean: number[]; readonly std: number[] };
  };
}

const caseOf = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Case;
const names = isThere
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.onnx'))
      .map((file) => file.slice(0, -5))
      .filter((name) => caseOf(name).images !== undefined)
  : [];
const files = isThere
  ? readdirSync(pictures, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.png'))
      .sort()
  : [];

/** The input for a picture, by the words of the reference's README. */
async function wantedFor(file: string, { layout, channels, pixel }: Case['input']): Promise<Float32Array> {
  const { data, info } = await sharp(join(pictures, file)).raw().toBuffer({ resolveWithObject: true });
  const levelOf = (at: number, channel: number): number => {
    const [red, green, blue] = data.subarray(at * info.channels, at * info.channels + 3);
    if (channels === 1) return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
    return [red, green, blue, 255][channel];
  };
  const pixels = info.width * info.height;
  return Float32Array.from({ length: channels * pixels }, (_, i) => {
    const [channel, at] =
      layout === 'NCHW' ? [Math.floor(i / pixels), i % pixels] : [i % channels, Math.floor(i / channels)];
    return (levelOf(at, channel) / pixel.scale - pixel.mean[channel]) / pixel.std[channel];
  });
}

describe.skipIf(!isThere)('pictures of the intake reference (skipped without ../shared)', () => {
  it.each(names)('are for %s what its preprocessing says, level by level', async (name) => {
    const { input } = caseOf(name);
    const path = join(folder, `${name}.onnx`);
    const model = await loadModel(fileStorage, path);
    const { layout, channels, dtype, size } = input;
    const { preprocessing } = await guessPreprocessing(fileStorage, {
      path,
      metadata: model.metadata,
      // A size that is free is the card's.
      input: { size: size === 'any' ? 224 : size[0], layout, channels },
      inside: normalisationInside(model, dtype),
    });
    const paths = files.map((file) => ({ path: join(pictures, file) }));
    const batch = await readBatch(sharpCodec, paths, preprocessing);
    expect(batch.skipped).toEqual([]);
    for (const [row, file] of files.entries()) {
      const wanted = await wantedFor(file, input);
      const own = batch.input!.data.subarray(row * wanted.length, (row + 1) * wanted.length);
      expect(Buffer.compare(Buffer.from(own.slice().buffer), Buffer.from(wanted.buffer)), file).toBe(0);
    }
  });
});
