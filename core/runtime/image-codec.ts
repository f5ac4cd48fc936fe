import { createHash } from 'node:crypto';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { TesseraError } from '../errors.ts';
import type { AlphaHandling, FilePicture, FitOptions, ImageCodec } from '../platform.ts';
import { bmpSize, readBmp } from './bmp.ts';
import { coverGeometry } from './fit-geometry.ts';
import { badImage, checkPixels, decodingError } from './image-error.ts';
import { HEAD_BYTES, pictureFormat } from './picture-format.ts';
import { openRegular } from './regular-file.ts';
import { storageReason } from './storage-error.ts';

// Several pictures are decoded side by side, so one thread each; every picture is read once, so nothing is cached.
sharp.concurrency(1);
sharp.cache(false);
// The format is told before; should a file mislead, no other loader of libvips is to be had.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].flatMap((format) => [
    `VipsForeignLoad${format}File`,
    `VipsForeignLoad${format}Buffer`,
  ]),
});

const WHITE = { r: 255, g: 255, b: 255 };
const BLACK = { r: 0, g: 0, b: 0 };
const GREY = { r: 128, g: 128, b: 128 };

/** No picture takes so long to decode; one that does was made to. */
const LONGEST_SECONDS = 60;

/**
 * {@link ImageCodec} by sharp (libvips): JPEG, PNG, WebP, GIF (first frame), TIFF, AVIF; BMP by bmp-ts; known by their
 * first bytes, whatever their names. 16-bit, grey, palette and CMYK pictures come out as 8-bit sRGB, through their colour
 * profile where they carry one. Messages of its errors are bare reasons without the path, see {@link badImage}.
 */
export const sharpCodec: ImageCodec = {
  async decode(path) {
    const source = await openPicture(path);
    return read(source, (pixels) => pixels);
  },
  async decodeFitted(path, fit) {
    const source = await openPicture(path);
    return read(source, (pixels) => fitted(source, pixels, fit), fit.alpha);
  },
  async encodeJpeg({ width, height, data }, { quality = 85 } = {}) {
    return sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer();
  },
  async encodePng({ width, height, data }) {
    return sharp(data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer();
  },
};

/** A picture whose header was read: its upright size and a pipeline that starts with its pixels. */
interface Source {
  readonly width: number;
  readonly height: number;
  readonly format: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  readonly hasAlpha: boolean;
  pixels(): Sharp;
}

async function openPicture(path: string): Promise<Source> {
  const { bytes, format } = await readPicture(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...(format === 'bmp' ? openBmp(bytes) : await openWithSharp(bytes)), sha256 };
}

/** The whole file, once its beginning has told that it is a picture. */
async function readPicture(path: string) {
  try {
    const file = await openRegular(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
      if (bytesRead === 0) throw badImage('empty file');
      const format = pictureFormat(buffer.subarray(0, bytesRead));
      return { format, bytes: await file.readFile() };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof TesseraError) throw cause;
    throw badImage(storageReason(cause), cause);
  }
}

async function openWithSharp(bytes: Uint8Array): Promise<Omit<Source, 'sha256'>> {
  const { autoOrient, width, height, format, hasAlpha } = await readMetadata(bytes);
  checkPixels({ width, height });
  // Truncated and damaged pictures fail, harmless oddities (stray bytes between JPEG segments) do not.
  const pixels = () => sharp(bytes, { failOn: 'error', limitInputPixels: false }).autoOrient();
  return { ...autoOrient, format, hasAlpha, pixels };
}

async function readMetadata(bytes: Uint8Array): Promise<Metadata> {
  try {
    // Without sharp's own limit, so that the size of a picture too large can be reported.
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw decodingError(cause);
  }
}

function openBmp(bytes: Uint8Array): Omit<Source, 'sha256'> {
  const size = bmpSize(bytes);
  if (size === undefined) throw badImage('corrupt BMP: cut short');
  checkPixels(size);
  try {
    const { width, height, data } = readBmp(bytes);
    const pixels = () => sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
    return { width, height, format: 'bmp', hasAlpha: false, pixels };
  } catch (cause) {
    throw decodingError(cause, 'bmp');
  }
}

function fitted(source: Source, pixels: Sharp, fit: FitOptions): Sharp {
  const { width, height, kernel } = fit;
  if (fit.fit === 'stretch') return pixels.resize(width, height, { fit: 'fill', kernel });
  if (fit.fit === 'contain')
    return pixels.resize(width, height, { fit: 'contain', kernel, background: GREY });
  const cover = coverGeometry(source, fit);
  return pixels
    .resize(cover.width, cover.height, { fit: 'fill', kernel })
    .extract({ left: cover.left, top: cover.top, width, height });
}

/** What a picture comes to, its alpha dealt with before `shape` resizes it. */
async function read(
  source: Source,
  shape: (pixels: Sharp) => Sharp,
  alpha: AlphaHandling = 'white',
): Promise<FilePicture> {
  try {
    const isTransparent = source.hasAlpha && (await hasClearPixels(source));
    const pixels = isTransparent && alpha === 'drop' ? await withoutAlpha(source) : source.pixels();
    const { data, info } = await shape(pixels)
      .timeout({ seconds: LONGEST_SECONDS })
      .flatten({ background: alpha === 'black' ? BLACK : WHITE })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data, sha256: source.sha256, isTransparent };
  } catch (cause) {
    throw decodingError(cause, source.format);
  }
}

/** An alpha channel says nothing where all of it is opaque, as in most screenshots. */
async function hasClearPixels(source: Source): Promise<boolean> {
  const alpha = await source
    .pixels()
    .timeout({ seconds: LONGEST_SECONDS })
    .extractChannel('alpha')
    .raw({ depth: 'uchar' })
    .toBuffer();
  return alpha.some((value) => value < 255);
}

/** The colours as they are stored under the alpha: resizing would weigh them by it. */
async function withoutAlpha(source: Source): Promise<Sharp> {
  const { data, info } = await source
    .pixels()
    .timeout({ seconds: LONGEST_SECONDS })
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}
