import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FitOptions, RgbImage } from '../../../core/platform.ts';
import { sharpCodec } from '../../../core/runtime/image-codec.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-codec-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: Sharp | Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content instanceof sharp ? await content.toBuffer() : (content as Uint8Array));
  return path;
}

const RED = [200, 30, 40];
const BLUE = [20, 60, 180];

/** 32 x 16: the left half red, the right half blue. */
function halves(): Sharp {
  const pixels = Uint8Array.from(
    { length: 32 * 16 * 3 },
    (_, i) => (Math.floor(i / 3) % 32 < 16 ? RED : BLUE)[i % 3],
  );
  return sharp(pixels, { raw: { width: 32, height: 16, channels: 3 } });
}

function pixel({ width, data }: RgbImage, x: number, y: number): number[] {
  return Array.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
}

/** Lossy formats shift flat colours by a few grey levels. */
const LOSSY = { atol: 6 };

describe('sharpCodec.decode()', () => {
  it.each([
    ['png', () => halves().png(), 0],
    ['jpg', () => halves().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }), 6],
    ['webp', () => halves().webp({ lossless: true }), 0],
    ['gif', () => halves().gif(), 3],
    ['tiff', () => halves().tiff({ compression: 'lzw' }), 0],
    ['avif', () => halves().avif({ quality: 90, chromaSubsampling: '4:4:4' }), 6],
  ])('reads %s', async (extension, make, atol) => {
    const image = await sharpCodec.decode(await file(`halves.${extension}`, make()));
    expect([image.width, image.height, image.data.length]).toEqual([32, 16, 32 * 16 * 3]);
    expect(pixel(image, 4, 8)).toBeAllclose(RED, { atol });
    expect(pixel(image, 28, 8)).toBeAllclose(BLUE, { atol });
  });

  it('does not trust the extension', async () => {
    const image = await sharpCodec.decode(await file('really-a-png.jpg', halves().png()));
    expect(pixel(image, 4, 8)).toEqual(RED);
  });

  it('reads names in any script', async () => {
    const image = await sharpCodec.decode(await file('Ünïcödé 写真 صورة 📷 [1].png', halves().png()));
    expect(image.width).toBe(32);
  });

  it.each([
    // EXIF orientation -> where the red half of the upright picture is.
    [1, 32, 16, 'left'],
    [2, 32, 16, 'right'],
    [3, 32, 16, 'right'],
    [4, 32, 16, 'left'],
    [5, 16, 32, 'top'],
    [6, 16, 32, 'top'],
    [7, 16, 32, 'bottom'],
    [8, 16, 32, 'bottom'],
  ])('turns EXIF orientation %i upright', async (orientation, width, height, redSide) => {
    const path = await file(
      `exif-${orientation}.jpg`,
      halves().withMetadata({ orientation }).jpeg({ quality: 95 }),
    );
    const image = await sharpCodec.decode(path);
    expect([image.width, image.height]).toEqual([width, height]);
    const places = { left: [2, 8], right: [width - 3, 8], top: [8, 2], bottom: [8, height - 3] } as const;
    const [x, y] = places[redSide as keyof typeof places];
    expect(pixel(image, x, y)).toBeAllclose(RED, LOSSY);
  });

  it('makes three channels of grey pictures, of 8 and 16 bits, with and without alpha', async () => {
    const grey = () => sharp({ create: { width: 4, height: 4, channels: 3, background: '#646464' } });
    const half = sharp({
      create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
    });
    const cases = [
      ['grey8.png', grey().toColourspace('b-w').png(), 100],
      ['grey16.png', grey().toColourspace('grey16').png(), 100],
      ['grey-alpha.png', half.toColourspace('b-w').png(), 127],
    ] as const;
    for (const [name, picture, level] of cases) {
      const image = await sharpCodec.decode(await file(name, picture));
      expect(image.data.length).toBe(48);
      expect(image.data).toBeAllclose(new Array<number>(48).fill(level), { atol: 1 });
    }
  });

  it('brings 16-bit colour to 8 bits', async () => {
    const image = await sharpCodec.decode(await file('rgb16.png', halves().toColourspace('rgb16').png()));
    expect(pixel(image, 4, 8)).toEqual(RED);
  });

  it('flattens transparency on white', async () => {
    const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 255);
    const half = sharp(pixels, { raw: { width: 2, height: 1, channels: 4 } });
    const image = await sharpCodec.decode(await file('half-clear.png', half.png()));
    expect(Array.from(image.data)).toEqual([255, 255, 255, 255, 0, 0]);
  });

  it('converts CMYK to sRGB', async () => {
    const path = await file('cmyk.jpg', halves().toColourspace('cmyk').jpeg({ quality: 95 }));
    expect((await sharp(path).metadata()).space).toBe('cmyk');
    const image = await sharpCodec.decode(path);
    // CMYK inks cannot show every colour; red must stay red and blue blue.
    const [red, blue] = [pixel(image, 4, 8), pixel(image, 28, 8)];
    expect(image.data.length).toBe(32 * 16 * 3);
    expect(red[0]).toBeGreaterThan(red[2] + 80);
    expect(blue[2]).toBeGreaterThan(blue[0] + 80);
  });

  it('takes the first frame of an animation', async () => {
    const frames = Uint8Array.from({ length: 4 * 8 * 3 }, (_, i) => (i < 4 * 4 * 3 ? RED : BLUE)[i % 3]);
    const animation = sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } }).gif({
      delay: [100, 100],
    });
    const image = await sharpCodec.decode(await file('animated.gif', animation));
    expect([image.width, image.height]).toEqual([4, 4]);
    expect(pixel(image, 1, 1)).toBeAllclose(RED, { atol: 3 });
  });

  it.each([
    ['24 bits, bottom up', bmp({ bits: 24 })],
    ['24 bits, top down', bmp({ bits: 24, topDown: true })],
    ['32 bits with an unused alpha of 0', bmp({ bits: 32 })],
  ])('reads BMP of %s', async (_, bytes) => {
    const image = await sharpCodec.decode(await file('picture.bmp', bytes));
    expect([image.width, image.height]).toEqual([3, 2]);
    expect(pixel(image, 0, 0)).toEqual([255, 0, 0]);
    expect(pixel(image, 2, 1)).toEqual([0, 0, 255]);
  });
});

/** 3 x 2 pixels: the upper row red, the lower blue. */
function bmp({ bits, topDown = false }: { bits: 24 | 32; topDown?: boolean }): Uint8Array {
  const stride = Math.ceil((3 * bits) / 32) * 4;
  const bytes = Buffer.alloc(54 + 2 * stride);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(3, 18);
  bytes.writeInt32LE(topDown ? -2 : 2, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  for (let row = 0; row < 2; row++) {
    const isUpper = topDown ? row === 0 : row === 1;
    for (let x = 0; x < 3; x++) bytes[54 + row * stride + (x * bits) / 8 + (isUpper ? 2 : 0)] = 255;
  }
  return bytes;
}

/** A PNG that says it has `side` x `side` pixels and holds next to none. */
function pngBomb(side: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const body = deflateSync(new Uint8Array(100_000));
  const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', body),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4);
  bytes.set(body, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

describe('sharpCodec.decode() of what is no good picture', () => {
  const rejects = async (path: string, message: string | RegExp) => {
    const wanted = typeof message === 'string' ? message : (expect.stringMatching(message) as string);
    await expect(sharpCodec.decode(path)).rejects.toMatchObject({ code: 'bad-image', message: wanted });
  };

  it('refuses a picture of 30,000 x 30,000 pixels by its header', async () => {
    const message = 'picture of 30000 x 30000 pixels is larger than the limit of 268 megapixels';
    await rejects(await file('bomb.png', pngBomb(30_000)), message);
  });

  it('refuses a BMP that claims to be huge', async () => {
    const bytes = Buffer.from(bmp({ bits: 24 }));
    bytes.writeInt32LE(100_000, 18);
    bytes.writeInt32LE(-100_000, 22);
    await rejects(await file('bomb.bmp', bytes), /^picture of 100000 x 100000 pixels is larger than/);
  });

  it('refuses an empty file, text, a folder, and a path that leads nowhere', async () => {
    await rejects(await file('empty.jpg', ''), 'empty file');
    await rejects(await file('text.jpg', 'hello'), 'not a picture, or of an unknown format');
    await rejects(folder, 'it is a folder, not a file');
    await rejects(join(folder, 'absent.jpg'), 'there is no such file or folder');
  });

  it('refuses truncated files, and tells the format', async () => {
    const noise = () =>
      sharp({
        create: {
          width: 200,
          height: 150,
          channels: 3,
          noise: { type: 'gaussian', mean: 128, sigma: 40 },
          background: 'red',
        },
      });
    const half = async (picture: Sharp, share = 0.5) => {
      const bytes = await picture.toBuffer();
      return bytes.subarray(0, bytes.length * share);
    };
    await rejects(
      await file('half.jpg', await half(noise().jpeg())),
      'corrupt JPEG: premature end of JPEG image',
    );
    await rejects(await file('half.png', await half(noise().png())), /^corrupt PNG: \S/);
    await rejects(await file('half.webp', await half(noise().webp())), /^corrupt (WEBP|picture): \S/);
    await rejects(await file('head.jpg', await half(noise().jpeg(), 0.005)), /^corrupt picture: \S/);
    await rejects(await file('half.bmp', bmp({ bits: 24 }).subarray(0, 60)), /^corrupt BMP: \S/);
    await rejects(await file('stub.bmp', new TextEncoder().encode('BM')), 'corrupt BMP: cut short');
  });
});

describe('sharpCodec.decodeFitted()', () => {
  const fit = (options: Partial<FitOptions>): FitOptions => ({
    width: 8,
    height: 8,
    fit: 'cover',
    kernel: 'linear',
    ...options,
  });
  let path: string;
  beforeAll(async () => {
    path = await file('fit.png', halves().png());
  });

  it('covers: the centre square holds half of each colour', async () => {
    const image = await sharpCodec.decodeFitted(path, fit({}));
    expect([image.width, image.height]).toEqual([8, 8]);
    expect(pixel(image, 0, 4)).toEqual(RED);
    expect(pixel(image, 7, 4)).toEqual(BLUE);
  });

  it('resizes the short side first and cuts the centre out', async () => {
    const image = await sharpCodec.decodeFitted(
      path,
      fit({ resizeShort: 16, width: 4, height: 4, kernel: 'nearest' }),
    );
    const halvesCut = [RED, RED, BLUE, BLUE];
    expect([0, 1, 2, 3].map((x) => pixel(image, x, 2))).toEqual(halvesCut);
  });

  it('stretches', async () => {
    const image = await sharpCodec.decodeFitted(path, fit({ fit: 'stretch', kernel: 'nearest' }));
    expect([0, 3, 4, 7].map((x) => pixel(image, x, 0))).toEqual([RED, RED, BLUE, BLUE]);
  });

  it('contains, with grey bars', async () => {
    const image = await sharpCodec.decodeFitted(path, fit({ fit: 'contain' }));
    expect(pixel(image, 0, 0)).toEqual([128, 128, 128]);
    expect(pixel(image, 0, 4)).toEqual(RED);
    expect(pixel(image, 0, 7)).toEqual([128, 128, 128]);
  });

  it('fits the upright picture, not the stored one', async () => {
    const turned = await file('turned.jpg', halves().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }));
    const image = await sharpCodec.decodeFitted(turned, fit({ width: 8, height: 16 }));
    expect(pixel(image, 4, 1)).toBeAllclose(RED, LOSSY);
    expect(pixel(image, 4, 14)).toBeAllclose(BLUE, LOSSY);
  });

  it('enlarges small pictures', async () => {
    const image = await sharpCodec.decodeFitted(path, fit({ width: 64, height: 64, kernel: 'cubic' }));
    expect(image.data.length).toBe(64 * 64 * 3);
  });
});

describe('sharpCodec.encodeJpeg() and encodePng()', () => {
  it('write what decode() reads', async () => {
    const image = await sharpCodec.decode(await file('source.png', halves().png()));
    const jpeg = await sharpCodec.decode(
      await file('out.jpg', await sharpCodec.encodeJpeg(image, { quality: 95 })),
    );
    expect(pixel(jpeg, 4, 8)).toBeAllclose(RED, LOSSY);
    const rgba = { width: 1, height: 2, data: Uint8Array.of(1, 2, 3, 255, 9, 9, 9, 0) };
    const png = await sharp(await sharpCodec.encodePng(rgba))
      .raw()
      .toBuffer();
    expect(Array.from(png)).toEqual(Array.from(rgba.data));
  });
});
