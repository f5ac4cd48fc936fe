import { TesseraError } from '../errors.ts';

/** Pictures of more pixels are refused before they are decoded (sharp's own limit, 0x3fff squared). */
const PIXEL_LIMIT = 0x3fff ** 2;

/**
 * A picture that cannot be used. The message is the bare reason ("empty file"), fit for a list of skipped files;
 * who shows it alone adds the path.
 */
export function badImage(reason: string, cause?: unknown): TesseraError {
  return new TesseraError('bad-image', reason, cause === undefined ? {} : { cause });
}

/** Throws 'bad-image' when a picture has no pixels, or more than can be decoded safely. */
export function checkPixels({ width, height }: { width: number; height: number }): void {
  if (!(width >= 1 && height >= 1)) throw badImage(`picture of ${width} x ${height} pixels, which is none`);
  if (width * height <= PIXEL_LIMIT) return;
  const limit = Math.round(PIXEL_LIMIT / 1e6);
  throw badImage(`picture of ${width} x ${height} pixels is larger than the limit of ${limit} megapixels`);
}

/** Puts a failure of the decoder into words. `format` is the picture's, as far as it is known. */
export function decodingError(cause: unknown, format?: string): TesseraError {
  if (cause instanceof TesseraError) return cause;
  const raw = cause instanceof Error ? cause.message : String(cause);
  if (/unsupported image format/i.test(raw)) return badImage('not a picture, or of an unknown format', cause);
  if (/heif.*(unsupported|support for this compression)/i.test(raw)) {
    return badImage('HEIC picture (HEVC compression), which cannot be read; convert it to JPEG', cause);
  }
  if (/^timeout: \d+% complete/i.test(raw)) return badImage('takes longer than a minute to decode', cause);
  const kind = format === undefined ? 'picture' : format.toUpperCase();
  return badImage(`corrupt ${kind}: ${plain(raw)}`, cause);
}

/**
 * The first complaint of libvips that says something, without the names of its modules: attempts to read past the end
 * of a file that is cut short ("bad seek", with its path) come before the reason, and PNG headers come with none.
 */
function plain(raw: string): string {
  const complaints = raw
    .replace(/^Input (file|buffer) has corrupt header:\s*/i, '')
    .split('\n')
    .filter((line) => !/: bad seek to \d+$/.test(line))
    .map((line) => line.replace(/^(Vips\w+|vips\w+|tiff2vips|\w+load(_\w+)?):\s*/, '').trim());
  return complaints.find((line) => line !== '') ?? 'its header is damaged or cut short';
}
