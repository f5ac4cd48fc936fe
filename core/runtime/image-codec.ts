import { createHash } from 'node:crypto';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { TesseraError } from '../errors.ts';
import type { Levels } from '../images/resample.ts';
import type { FilePicture, FitOptions, ImageCodec } from '../platform.ts';
import { bmpSize, readBmp } from './bmp.ts';
import { fitPixels } from './fit-pixels.ts';
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
/** Beside a picture that is contained. */
const GREY = 128;

/** No picture takes so long to decode; one that does was made to. */
const LONGEST_SECONDS = 60;

/**
 * {@link ImageCodec} by sharp (libvips): JPEG, PNG, WebP, GIF (first frame), TIFF, AVIF; BMP by bmp-ts; known by their
 * first bytes, whatever their names. 16-bit, grey, palette and CMYK pictures come out as 8-bit sRGB, through their colour
 * profile where they carry one. Messages of its errors are bare reasons without the path, see {@link badImage}.
 */
export const sharpCodec: ImageCodec = {
  async decode(path) {
    return read(await openPicture(path));
  },
  async decodeFitted(path, fit) {
    return read(await openPicture(path), fit);
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
  const { autoOrient, width, height, format, hasAlpha, depth } = await readMetadata(bytes);
  checkPixels({ width, height });
  // Numbers of other kinds have no white of their own: 0…1 would come out black.
  if (depth !== 'uchar' && depth !== 'ushort')
    throw badImage(`its pixels are numbers of the kind "${depth}"; save it with 8 or 16 bits a channel`);
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
    const pixels = () => fromLevels({ width, height, channels: 3, data });
    return { width, height, format: 'bmp', hasAlpha: false, pixels };
  } catch (cause) {
    throw decodingError(cause, 'bmp');
  }
}

/** What a picture comes to; its alpha is dealt with before anything is resized. */
async function read(source: Source, fit?: FitOptions): Promise<FilePicture> {
  try {
    const opacity = source.hasAlpha ? await opacityOf(source) : undefined;
    const isTransparent = opacity?.data.some((value) => value < 255) === true;
    const keeps = fit?.keepsOpacity === true;
    const alpha = keeps ? 'drop' : (fit?.alpha ?? 'white');
    if (isTransparent && alpha !== 'drop' && opacity.data.every((value) => value === 0))
      throw badImage(`all of it is transparent: laid on ${alpha}, nothing is left of it`);
    const pixels = isTransparent && alpha === 'drop' ? await withoutAlpha(source) : source.pixels();
    const background = alpha === 'black' ? BLACK : WHITE;
    const readColours = (shaped: Sharp): Promise<Levels> =>
      levelsOf(shaped.flatten({ background }).toColourspace('srgb'));
    const { width, height } = source;
    const picture = await fitPixels({ width, height, pixels }, fit, readColours, GREY);
    return {
      width: picture.width,
      height: picture.height,
      data: picture.data,
      sha256: source.sha256,
      isTransparent,
      ...(keeps && opacity !== undefined && { opacity: await fittedOpacity(opacity, fit) }),
    };
  } catch (cause) {
    throw decodingError(cause, source.format);
  }
}

async function levelsOf(pixels: Sharp): Promise<Levels> {
  const { data, info } = await pixels
    .timeout({ seconds: LONGEST_SECONDS })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

/** An alpha channel says nothing where all of it is opaque, as in most screenshots. */
function opacityOf(source: Source): Promise<Levels> {
  return levelsOf(source.pixels().extractChannel('alpha'));
}

/** Opaque beside a picture that is contained. */
async function fittedOpacity(opacity: Levels, fit: FitOptions): Promise<Uint8Array> {
  const { data } = await fitPixels(
    { ...opacity, pixels: fromLevels(opacity) },
    fit,
    (pixels) => levelsOf(pixels.extractChannel(0)),
    255,
  );
  return data;
}

/** The colours as they are stored under the alpha: resizing would weigh them by it. */
async function withoutAlpha(source: Source): Promise<Sharp> {
  return fromLevels(await levelsOf(source.pixels().removeAlpha().toColourspace('srgb')));
}

function fromLevels({ width, height, channels, data }: Levels): Sharp {
  const raw = { width, height, channels: channels as 1 | 3 };
  return sharp(data, { raw, limitInputPixels: false });
}
