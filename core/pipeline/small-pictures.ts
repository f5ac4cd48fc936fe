import { TesseraError } from '../errors.ts';
import type { FitOptions, ImageCodec, RgbImage } from '../platform.ts';
import { dataUrl } from '../report/data-url.ts';
import { cutScaled } from '../report/rgb-picture.ts';
import { CHANGED, readPicture } from './pictures.ts';
import type { FileFact } from './question.ts';

/** Longer side of a small picture in pixels. */
const SIDE = 160;
/** Grey level of pictures that cannot be shown. */
const BLANK = 200;

/** Small pictures for a list of them, by file; those that can no longer be read are left out, those that were changed blank. */
export async function smallPictures(
  codec: ImageCodec,
  files: readonly FileFact[],
  fit: FitOptions,
): Promise<Record<string, string>> {
  const pictures: Record<string, string> = {};
  for (const file of files) {
    const read = await readPicture(codec, file, fit);
    const isChanged = 'reason' in read && read.reason === CHANGED;
    if ('reason' in read && !isChanged) continue;
    const picture = 'reason' in read ? blankPicture(fit) : read;
    const { width, height } = picture;
    const scale = SIDE / Math.max(width, height);
    const small = cutScaled(
      picture,
      [0, 0, width, height],
      Math.round(width * scale),
      Math.round(height * scale),
    );
    pictures[file.path] = dataUrl('image/jpeg', await codec.encodeJpeg(small, { quality: 80 }));
  }
  return pictures;
}

/** Another picture must not stand as evidence for what the run found in the one that was there. */
export function blankPicture({ width, height }: FitOptions): RgbImage {
  return { width, height, data: new Uint8Array(3 * width * height).fill(BLANK) };
}

/** A picture, or what stands in its place where it cannot be read. */
export async function readableOr(read: Promise<RgbImage>, otherwise: () => RgbImage): Promise<RgbImage> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    return otherwise();
  }
}
