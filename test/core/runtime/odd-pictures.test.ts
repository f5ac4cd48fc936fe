import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePreprocessing } from '../../../core/images/preprocessing.ts';
import { readBatch } from '../../../core/pipeline/pictures.ts';
import { RESIZE_KERNELS, type FitOptions } from '../../../core/platform.ts';
import { sharpCodec } from '../../../core/runtime/image-codec.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-odd-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** 4 x 2: red of the given opacities, from left to right in both rows. */
async function reds(name: string, opacity: readonly number[]): Promise<string> {
  const data = Uint8Array.from([...opacity, ...opacity].flatMap((alpha) => [200, 30, 40, alpha]));
  const path = join(folder, name);
  await sharp(data, { raw: { width: 4, height: 2, channels: 4 } })
    .png()
    .toFile(path);
  return path;
}

/** Grey from 0 to 1 as 32-bit floating-point numbers. */
function floatTiff(width: number, height: number): Uint8Array {
  const [count, entries] = [width * height, 10];
  const data = 8 + 2 + 12 * entries + 4;
  const bytes = Buffer.alloc(data + 4 * count);
  bytes.write('II', 0, 'latin1');
  bytes.writeUInt16LE(42, 2);
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries, 8);
  const tags = [
    [256, width],
    [257, height],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, data],
    [277, 1],
    [278, height],
    [279, 4 * count],
    [339, 3],
  ];
  for (const [i, [tag, value]] of tags.entries()) {
    const at = 10 + 12 * i;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(4, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  for (let i = 0; i < count; i++) bytes.writeFloatLE(i / count, data + 4 * i);
  return bytes;
}

const FIT: FitOptions = { width: 4, height: 2, fit: 'stretch', kernel: 'cubic' };

describe('sharpCodec of pictures whose numbers have no white', () => {
  it('leaves them out instead of showing black', async () => {
    const path = join(folder, 'float.tiff');
    await writeFile(path, floatTiff(4, 2));
    await expect(sharpCodec.decodeFitted(path, FIT)).rejects.toMatchObject({
      code: 'bad-image',
      message: 'its pixels are numbers of the kind "float"; save it with 8 or 16 bits a channel',
    });
  });
});

describe('sharpCodec of pictures with alpha', () => {
  it('leaves out a picture of which nothing is left, unless its stored colours are wanted', async () => {
    const path = await reds('clear.png', [0, 0, 0, 0]);
    await expect(sharpCodec.decodeFitted(path, FIT)).rejects.toMatchObject({
      code: 'bad-image',
      message: 'all of it is transparent: laid on white, nothing is left of it',
    });
    const batch = await readBatch(sharpCodec, [{ path }], parsePreprocessing({ size: 4, alpha: 'black' }));
    expect(batch.skipped).toEqual([
      {
        file: path,
        reason: 'all of it is transparent: laid on black, nothing is left of it',
        isLost: false,
      },
    ]);
    const dropped = await sharpCodec.decodeFitted(path, { ...FIT, alpha: 'drop' });
    expect(Array.from(dropped.data.subarray(0, 3))).toEqual([200, 30, 40]);
  });

  it.each([...RESIZE_KERNELS.libvips, ...RESIZE_KERNELS.libraries])(
    'gives stored colours and opacity for a fourth channel, resized apart (%s)',
    async (kernel) => {
      const path = await reds('half.png', [0, 0, 255, 255]);
      const fit = { ...FIT, width: 8, height: 4, kernel, keepsOpacity: true };
      const { data, opacity, isTransparent } = await sharpCodec.decodeFitted(path, fit);
      expect(isTransparent).toBe(true);
      expect(new Set(data)).toEqual(new Set([200, 30, 40]));
      expect([opacity![0], opacity![7], opacity!.length]).toEqual([0, 255, 32]);
      const four = parsePreprocessing({
        size: 4,
        width: 8,
        mean: [0, 0, 0, 0],
        scale: 1,
        kernel,
        fit: 'stretch',
      });
      const batch = await readBatch(sharpCodec, [{ path }], four);
      expect([batch.transparent, batch.input!.data[3 * 32]]).toEqual([[false], 0]);
    },
  );

  it('pads what is contained with opaque grey', async () => {
    const path = await reds('padded.png', [9, 9, 9, 9]);
    for (const kernel of ['cubic', 'pil-bilinear'] as const) {
      const fit = { ...FIT, fit: 'contain' as const, height: 4, kernel, keepsOpacity: true };
      const { data, opacity } = await sharpCodec.decodeFitted(path, fit);
      expect([data[0], opacity![0], opacity![4]]).toEqual([128, 255, 9]);
    }
  });
});

describe('sharpCodec.decodeFitted() with kernels of libraries', () => {
  it.each(RESIZE_KERNELS.libraries)(
    'covers, squashes and contains as with the others (%s)',
    async (kernel) => {
      // 32 x 16, black on the left and white on the right.
      const data = Uint8Array.from({ length: 32 * 16 * 3 }, (_, i) =>
        Math.floor(i / 3) % 32 < 16 ? 0 : 255,
      );
      const path = join(folder, 'halves.png');
      await sharp(data, { raw: { width: 32, height: 16, channels: 3 } })
        .png()
        .toFile(path);
      for (const fit of ['cover', 'stretch', 'contain'] as const) {
        const options = { width: 16, height: 16, fit };
        const own = await sharpCodec.decodeFitted(path, { ...options, kernel });
        const usual = await sharpCodec.decodeFitted(path, { ...options, kernel: 'linear' });
        expect([own.width, own.height]).toEqual([16, 16]);
        const [corner, left, right] = [0, 3 * (8 * 16 + 4), 3 * (8 * 16 + 11)];
        expect([own.data[corner], own.data[left], own.data[right]]).toEqual([
          usual.data[corner],
          usual.data[left],
          usual.data[right],
        ]);
      }
    },
  );
});

const pictures = join(import.meta.dirname, '../../../../shared/reference/intake/pictures');
describe.skipIf(!existsSync(pictures))(
  'odd files of the intake reference (skipped without ../shared)',
  () => {
    const read = (name: string, alpha?: FitOptions['alpha']) =>
      sharpCodec.decodeFitted(join(pictures, name), {
        width: 64,
        height: 64,
        fit: 'stretch',
        kernel: 'cubic',
        alpha,
      });

    it.each(['alpha-half.png', 'alpha-zero.png', 'alpha-cutout.png'])(
      'gives %s the levels of plain.png where alpha is dropped',
      async (name) => {
        const { data, isTransparent } = await read(name, 'drop');
        expect([Buffer.compare(data, (await read('plain.png')).data), isTransparent]).toEqual([0, true]);
      },
    );

    it('lays the others on white as a background, with no level below that of the colour', async () => {
      const { data: plain } = await read('plain.png');
      for (const name of ['alpha-half.png', 'alpha-cutout.png']) {
        const { data, isTransparent } = await read(name);
        expect(isTransparent).toBe(true);
        expect(data.every((level, i) => level >= plain[i])).toBe(true);
      }
      await expect(read('alpha-zero.png')).rejects.toThrow('all of it is transparent');
    });

    it('takes the high byte of 16-bit grey', async () => {
      const [deep, flat] = [await read('grey16.png'), await read('grey8.png')];
      expect(Buffer.compare(deep.data, flat.data)).toBe(0);
      expect(flat.data[0] === flat.data[1] && flat.data[1] === flat.data[2]).toBe(true);
    });

    it.each([
      ['zero.bmp', /^picture of 0 x \d+ pixels, which is none$/],
      ['svg-use-bomb.jpg', /^SVG picture, which is not taken/],
    ])('leaves %s out by name with the reason, at once, and goes on', async (name, reason) => {
      const files = [name, 'plain.png'].map((file) => ({ path: join(pictures, file) }));
      const batch = await readBatch(sharpCodec, files, parsePreprocessing({ size: 64 }));
      expect(batch.readable).toEqual([1]);
      expect(batch.skipped).toEqual([
        { file: files[0].path, reason: expect.stringMatching(reason) as string, isLost: false },
      ]);
    });
  },
);
