import { open, type FileHandle } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { FitOptions, ImageCodec, RgbImage } from '../platform.ts';
import { bmpSize, isBmp, readBmp } from './bmp.ts';
import { coverGeometry } from './fit-geometry.ts';
import { badImage, checkPixels, decodingError } from './image-error.ts';
import { storageReason } from './storage-error.ts';

// Several pictures are decoded side by side, so one thread each; every picture is read once, so nothing is cached.
sharp.concurrency(1);
sharp.cache(false);

const WHITE = { r: 255, g: 255, b: 255 };
const GREY = { r: 128, g: 128, b: 128 };

/**
 * {@link ImageCodec} by sharp (libvips): JPEG, PNG, WebP, GIF (first frame), TIFF, AVIF; BMP by bmp-ts. 16-bit,
 * grey, palette and CMYK pictures come out as 8-bit sRGB, through their colour profile where they carry one.
 * Messages of its errors are bare reasons without the path, see {@link badImage}.
 */
export const sharpCodec: ImageCodec = {
  async decode(path) {
    const source = await openPicture(path);
    return read(source, source.pixels());
  },
  async decodeFitted(path, fit) {
    const source = await openPicture(path);
    return read(source, fitted(source, fit));
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
  pixels(): Sharp;
}

async function openPicture(path: string): Promise<Source> {
  const head = await readHead(path);
  if (head.length === 0) throw badImage('empty file');
  return isBmp(head) ? openBmp(path, head) : openWithSharp(path);
}

async function readHead(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(new Uint8Array(26), 0, 26, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw badImage(storageReason(cause), cause);
  } finally {
    await file?.close();
  }
}

async function openWithSharp(path: string): Promise<Source> {
  const { autoOrient, width, height, format } = await readMetadata(path);
  checkPixels({ width, height });
  // Truncated and damaged pictures fail, harmless oddities (stray bytes between JPEG segments) do not.
  const pixels = () => sharp(path, { failOn: 'error', limitInputPixels: false }).autoOrient();
  return { ...autoOrient, format, pixels };
}

async function readMetadata(path: string): Promise<Metadata> {
  try {
    // Without sharp's own limit, so that the size of a picture too large can be reported.
    return await sharp(path, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw decodingError(cause);
  }
}

async function openBmp(path: string, head: Uint8Array): Promise<Source> {
  const size = bmpSize(head);
  if (size === undefined) throw badImage('corrupt BMP: cut short');
  checkPixels(size);
  try {
    const { width, height, data } = await readBmp(path);
    const pixels = () => sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
    return { width, height, format: 'bmp', pixels };
  } catch (cause) {
    throw decodingError(cause, 'bmp');
  }
}

function fitted(source: Source, fit: FitOptions): Sharp {
  const { width, height, kernel } = fit;
  const pixels = source.pixels();
  if (fit.fit === 'stretch') return pixels.resize(width, height, { fit: 'fill', kernel });
  if (fit.fit === 'contain')
    return pixels.resize(width, height, { fit: 'contain', kernel, background: GREY });
  const cover = coverGeometry(source, fit);
  return pixels
    .resize(cover.width, cover.height, { fit: 'fill', kernel })
    .extract({ left: cover.left, top: cover.top, width, height });
}

async function read(source: Source, pixels: Sharp): Promise<RgbImage> {
  try {
    const { data, info } = await pixels
      .flatten({ background: WHITE })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw decodingError(cause, source.format);
  }
}
