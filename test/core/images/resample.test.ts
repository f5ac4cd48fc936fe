import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resample, type Levels } from '../../../core/images/resample.ts';
import { RESIZE_KERNELS, type LibraryKernel } from '../../../core/platform.ts';
import { sharpCodec } from '../../../core/runtime/image-codec.ts';

interface Case {
  readonly picture: string;
  readonly kernel: LibraryKernel;
  readonly size: readonly [width: number, height: number];
  readonly window: readonly [left: number, top: number, width: number, height: number];
  readonly levels: string;
}

// Made by make.py beside it.
const golden = join(import.meta.dirname, '../../fixtures/resize/golden.json');
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { cases: Case[] };
const shared = join(import.meta.dirname, '../../../../shared');

/** The picture of make.py: steep everywhere, another one in each channel. */
function drawn(): Levels {
  const [width, height, channels] = [61, 48, 3];
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return x * 37 + y * 61 + c * 83 + ((x * y) % 97) * 3;
  });
  return { width, height, channels, data };
}

function windowOf({ width, channels, data }: Levels, [left, top, wide, high]: Case['window']): number[] {
  return Array.from({ length: high }, (_, row) => ((top + row) * width + left) * channels).flatMap(
    (start) => [...data.subarray(start, start + wide * channels)],
  );
}

function expectGolden(picture: Levels, { kernel, size: [width, height], window, levels }: Case): void {
  const got = windowOf(resample(picture, kernel, { width, height }), window);
  const wanted = [...Buffer.from(levels, 'base64')];
  expect(got.length).toBe(wanted.length);
  const off = Math.max(...got.map((level, i) => Math.abs(level - wanted[i])));
  expect(off).toBeLessThanOrEqual(kernel.startsWith('pil') ? 0 : 1);
}

const title = ({ picture, kernel, size }: Case): string => `${kernel} ${picture} to ${size.join(' x ')}`;
const drawnCases = cases.filter(({ picture }) => picture === 'drawn');
const fileCases = cases.filter(({ picture }) => picture !== 'drawn');

describe('resample()', () => {
  it('has a golden case of every kernel', () => {
    expect(new Set(drawnCases.map(({ kernel }) => kernel))).toEqual(new Set(RESIZE_KERNELS.libraries));
  });

  it.each(drawnCases.map((one) => [title(one), one] as const))('is as its library: %s', (_, one) => {
    expectGolden(drawn(), one);
  });

  it('leaves a picture of the wanted size as it is, and a flat one flat', () => {
    const flat = { width: 5, height: 4, channels: 3, data: new Uint8Array(60).fill(201) };
    for (const kernel of RESIZE_KERNELS.libraries) {
      expect(resample(drawn(), kernel, { width: 61, height: 48 }).data).toEqual(drawn().data);
      const other = resample(flat, kernel, { width: 7, height: 1 });
      expect(Array.from(other.data)).toEqual(new Array<number>(21).fill(201));
    }
  });

  it('takes one channel as each of three', () => {
    const { width, height, data } = drawn();
    const green = { width, height, channels: 1, data: data.filter((_, i) => i % 3 === 1) };
    for (const kernel of RESIZE_KERNELS.libraries) {
      const all = resample(drawn(), kernel, { width: 20, height: 17 });
      const one = resample(green, kernel, { width: 20, height: 17 });
      expect(one.data).toEqual(all.data.filter((_, i) => i % 3 === 1));
    }
  });
});

describe.skipIf(!existsSync(shared))('resample() of photos and drawings (skipped without ../shared)', () => {
  it.each(fileCases.map((one) => [title(one), one] as const))('is as its library: %s', async (_, one) => {
    const { width, height, data } = await sharpCodec.decode(join(shared, one.picture));
    expectGolden({ width, height, channels: 3, data }, one);
  });
});
