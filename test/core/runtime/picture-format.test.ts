import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanImages } from '../../../core/images/folder-scan.ts';
import type { FitOptions } from '../../../core/platform.ts';
import { sharpCodec } from '../../../core/runtime/image-codec.ts';
import { pictureFormat } from '../../../core/runtime/picture-format.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { makePipe } from '../../fixtures/make-pipe.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-format-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const FIT: FitOptions = { width: 8, height: 8, fit: 'stretch', kernel: 'nearest' };
const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

/** A TIFF whose first directory has these tags, all of them numbers of 4 bytes. */
function tiffOf(tags: readonly (readonly [tag: number, value: number])[]): Uint8Array {
  const file = Buffer.alloc(10 + 12 * tags.length + 4);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, value], i) => {
    file.writeUInt16LE(tag, 10 + 12 * i);
    file.writeUInt16LE(4, 12 + 12 * i);
    file.writeUInt32LE(1, 14 + 12 * i);
    file.writeUInt32LE(value, 18 + 12 * i);
  });
  return file;
}

describe('pictureFormat()', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('knows %s', async (format) => {
    const picture = sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } });
    expect(pictureFormat(await picture.toFormat(format).toBuffer())).toBe(format);
  });

  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>';
  it.each([
    ['SVG', bytes(svg)],
    ['SVG', bytes(`\xef\xbb\xbf <?xml version="1.0"?>\n<!-- drawn -->\n<!DOCTYPE svg>${svg}`)],
    ['VIPS', bytes('\x08\xf2\xa6\xb6\0\0\0\x04')],
    ['VIPS', bytes('\xb6\xa6\xf2\x08\0\0\0\x04')],
    ['PDF', bytes('%PDF-1.7\n')],
    ['PostScript', bytes('%!PS-Adobe-3.0 EPSF-3.0')],
    ['DICOM', bytes(`${'\0'.repeat(128)}DICM`)],
    ['camera raw', bytes('II*\0\x10\0\0\0CR\x02\0')],
    ['camera raw', bytes('FUJIFILMCCD-RAW 0201')],
    ['camera raw', tiffOf([[50706, 1]])],
    ['camera raw', tiffOf([[254, 1]])],
    ['camera raw', tiffOf([[262, 32803]])],
    ['Photoshop', bytes('8BPS\0\x01')],
    ['JPEG XL', bytes('\xff\x0a\xfa\x1f')],
    ['JPEG 2000', bytes('\0\0\0\x0cjP  \r\n\x87\n')],
    ['Netpbm', bytes('P6 4 4 255\n')],
    ['Radiance', bytes('#?RADIANCE\n')],
  ])('refuses %s by its bytes, and says what to do', (kind, head) => {
    expect(() => pictureFormat(head)).toThrow(
      `${kind} picture, which is not taken; convert it to PNG or JPEG`,
    );
  });

  it('tells HEIC from AVIF by the brands', () => {
    expect(pictureFormat(bytes('\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf'))).toBe('avif');
    expect(() => pictureFormat(bytes('\0\0\0\x18ftypheic\0\0\0\0mif1heic'))).toThrow('HEIC picture');
  });

  it('refuses anything else, however short', () => {
    for (const text of ['', 'B', 'hello', '\0\0\0\x08ftyp', 'II*\0', 'RIFF\0\0\0\0WAVE', '<html><svg>']) {
      const known = text === 'II*\0';
      if (known) expect(pictureFormat(bytes(text))).toBe('tiff');
      else expect(() => pictureFormat(bytes(text)), text).toThrow(/not a picture|HEIC/);
    }
  });
});

describe('sharpCodec on files with a misleading name', () => {
  it('refuses a small SVG of nested references at once', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(20)}</g>`,
    );
    const bomb = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g id="g0"><rect width="9" height="9"/></g>${levels.join('')}</svg>`;
    const path = join(folder, 'bomb.jpg');
    await writeFile(path, bomb);
    await expect(sharpCodec.decodeFitted(path, FIT)).rejects.toMatchObject({
      code: 'bad-image',
      message: 'SVG picture, which is not taken; convert it to PNG or JPEG',
    });
  });

  it('has no loader of another format, should the bytes mislead', async () => {
    await expect(sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')).metadata()).rejects.toThrow(
      'unsupported image format',
    );
  });

  it('refuses a BMP without pixels', async () => {
    for (const [width, height] of [
      [0, 0],
      [0, 4],
      [4, 0],
    ]) {
      const file = Buffer.alloc(60);
      file.write('BM');
      file.writeUInt32LE(54, 10);
      file.writeUInt32LE(40, 14);
      file.writeInt32LE(width, 18);
      file.writeInt32LE(height, 22);
      file.writeUInt16LE(24, 28);
      const path = join(folder, 'none.bmp');
      await writeFile(path, file);
      await expect(sharpCodec.decodeFitted(path, FIT)).rejects.toMatchObject({
        code: 'bad-image',
        message: `picture of ${width} x ${height} pixels, which is none`,
      });
    }
  });

  it.skipIf(process.platform === 'win32')('refuses a pipe and a device at once', async () => {
    const pipe = join(folder, 'pipe.jpg');
    makePipe(pipe);
    await expect(sharpCodec.decodeFitted(pipe, FIT)).rejects.toThrow('it is a pipe (FIFO), not a file');
    await expect(sharpCodec.decodeFitted('/dev/zero', FIT)).rejects.toThrow('it is a device, not a file');
    await expect(fileStorage.readBytes(pipe)).rejects.toMatchObject({
      code: 'storage',
      message: `cannot read ${pipe}: it is a pipe (FIFO), not a file`,
      hint: 'Give the path of a file.',
    });
  });
});

describe('sharpCodec on transparent pictures', () => {
  /** Red under an alpha of 0 at the left, blue under 128 at the right, and opaque green below. */
  const pixels = Uint8Array.from(
    Array.from({ length: 64 }, (_, i) => {
      if (i >= 32) return [0, 255, 0, 255];
      return i % 8 < 4 ? [255, 0, 0, 0] : [0, 0, 255, 128];
    }).flat(),
  );
  const levels = async (path: string, alpha: FitOptions['alpha'], fit: Partial<FitOptions> = {}) => {
    const { data, isTransparent } = await sharpCodec.decodeFitted(path, { ...FIT, ...fit, alpha });
    expect(isTransparent).toBe(true);
    return [0, 7, 63].map((at) => [...data.subarray(3 * at, 3 * at + 3)]);
  };
  const clear = async () => {
    const path = join(folder, 'clear.png');
    await writeFile(
      path,
      await sharp(pixels, { raw: { width: 8, height: 8, channels: 4 } })
        .png()
        .toBuffer(),
    );
    return path;
  };

  it('lays them on white, as ever, unless told otherwise', async () => {
    const white = [
      [255, 255, 255],
      [127, 127, 255],
      [0, 255, 0],
    ];
    expect(await levels(await clear(), undefined)).toEqual(white);
    expect(await levels(await clear(), 'white')).toEqual(white);
  });

  it('lays them on black', async () => {
    expect(await levels(await clear(), 'black')).toEqual([
      [0, 0, 0],
      [0, 0, 128],
      [0, 255, 0],
    ]);
  });

  it('takes the colours under the alpha, also where they are resized', async () => {
    const stored = [
      [255, 0, 0],
      [0, 0, 255],
      [0, 255, 0],
    ];
    expect(await levels(await clear(), 'drop')).toEqual(stored);
    const { data } = await sharpCodec.decodeFitted(await clear(), {
      ...{ width: 4, height: 4, fit: 'stretch', kernel: 'linear', alpha: 'drop' },
    });
    expect([...data.subarray(0, 3)]).toBeAllclose([255, 0, 0], { atol: 1 });
  });

  it('does not count an alpha channel that is opaque everywhere', async () => {
    const path = join(folder, 'opaque.png');
    const opaque = sharp({ create: { width: 4, height: 4, channels: 4, background: 'red' } });
    await writeFile(path, await opaque.png().toBuffer());
    expect((await sharpCodec.decodeFitted(path, FIT)).isTransparent).toBe(false);
  });
});

describe.skipIf(process.platform !== 'linux')('names that are not UTF-8', () => {
  it('are listed, read, kept through JSON and told apart', async () => {
    const root = join(folder, 'latin');
    await mkdir(root);
    const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const inner = Buffer.concat([Buffer.from(`${root}/`), Buffer.from('caf\xe9', 'latin1')]);
    await mkdir(inner);
    for (const name of ['\xfc.png', '\xfd.png', 'plain.png'])
      await writeFile(Buffer.concat([inner, Buffer.from('/'), Buffer.from(name, 'latin1')]), picture);
    const { images, skipped } = await scanImages(fileStorage, [root]);
    expect({ count: images.length, skipped }).toEqual({ count: 3, skipped: [] });
    for (const { path } of images) {
      const kept = JSON.parse(JSON.stringify(path)) as string;
      expect((await sharpCodec.decodeFitted(kept, FIT)).width).toBe(8);
      expect(await fileStorage.readBytes(kept)).toEqual(new Uint8Array(picture));
    }
    expect(new Set(images.map(({ path }) => path)).size).toBe(3);
  });
});

describe('scanImages() on pictures that are not taken', () => {
  it('lists them with what to do, and counts the rest', async () => {
    const root = join(folder, 'mixed');
    await mkdir(root);
    for (const name of ['a.png', 'scan.dcm', 'b.NEF', 'c.svg', 'brain.nii.gz', 'notes.txt', 'README'])
      await writeFile(join(root, name), 'x');
    const { images, skipped, otherFiles } = await scanImages(fileStorage, [root]);
    expect(images.map(({ path }) => path)).toEqual([join(root, 'a.png')]);
    expect(otherFiles).toBe(2);
    expect(skipped).toEqual(
      [
        ['b.NEF', 'camera raw'],
        ['brain.nii.gz', 'NIfTI'],
        ['c.svg', 'SVG'],
        ['scan.dcm', 'DICOM'],
      ].map(([name, kind]) => ({
        file: join(root, name),
        reason: `${kind} picture, which is not taken; convert it to PNG or JPEG`,
      })),
    );
  });
});
