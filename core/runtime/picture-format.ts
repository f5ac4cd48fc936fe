import { notTaken } from '../images/picture-kinds.ts';
import { badImage } from './image-error.ts';

/** A format that is decoded. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'bmp';

/** Bytes from a file's beginning that tell its format. */
export const HEAD_BYTES = 1024;

/** Bytes of a signature, from its place on; `?` stands for any byte, other signs for their Latin-1 code. */
type Signature = readonly [at: number, text: string];

const TAKEN: readonly (readonly [PictureFormat, Signature])[] = [
  ['jpeg', [0, '\xff\xd8\xff']],
  ['png', [0, '\x89PNG\r\n\x1a\n']],
  ['webp', [0, 'RIFF????WEBP']],
  ['gif', [0, 'GIF87a']],
  ['gif', [0, 'GIF89a']],
  ['bmp', [0, 'BM']],
];

/** Before the others: some of them begin as a TIFF does. */
const REFUSED: readonly (readonly [kind: string, Signature])[] = [
  ['camera raw', [8, 'CR\x02']],
  ['camera raw', [0, 'IIU\0']],
  ['camera raw', [0, 'IIRO']],
  ['camera raw', [0, 'IIRS']],
  ['camera raw', [0, 'MMOR']],
  ['camera raw', [0, 'FUJIFILMCCD-RAW']],
  ['camera raw', [0, 'FOVb']],
  ['camera raw', [4, 'ftypcrx ']],
  ['DICOM', [128, 'DICM']],
  ['PDF', [0, '%PDF']],
  ['PostScript', [0, '%!PS']],
  ['VIPS', [0, '\x08\xf2\xa6\xb6']],
  ['VIPS', [0, '\xb6\xa6\xf2\x08']],
  ['Photoshop', [0, '8BPS']],
  ['JPEG XL', [0, '\xff\x0a']],
  ['JPEG XL', [4, 'JXL \r\n\x87\n']],
  ['JPEG 2000', [4, 'jP  \r\n\x87\n']],
  ['JPEG 2000', [0, '\xff\x4f\xff\x51']],
  ['JPEG XR', [0, 'II\xbc']],
  ['OpenEXR', [0, '\x76\x2f\x31\x01']],
  ['Radiance', [0, '#?RADIANCE']],
  ['GIMP', [0, 'gimp xcf']],
  ['FITS', [0, 'SIMPLE  =']],
  ['QOI', [0, 'qoif']],
  ['DirectDraw', [0, 'DDS ']],
  ['icon', [0, '\0\0\x01\0']],
];

const TIFF: readonly string[] = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];

/**
 * The format of a picture by the first {@link HEAD_BYTES} of its file, whatever its name. Throws 'bad-image' for what is
 * not taken, naming it where it is known: nothing else may reach a decoder.
 */
export function pictureFormat(head: Uint8Array): PictureFormat {
  const refused = REFUSED.find(([, signature]) => begins(head, signature));
  if (refused !== undefined) throw badImage(notTaken(refused[0]));
  const taken = TAKEN.find(([, signature]) => begins(head, signature));
  if (taken !== undefined) return taken[0];
  if (TIFF.some((text) => begins(head, [0, text]))) return tiff(head);
  if (begins(head, [4, 'ftyp'])) return avif(head);
  if (
    /^\s*(<\?xml[^]*)?(<!--[^]*)?(<!DOCTYPE\s+svg|<svg)[\s>[]/i.test(latin(head).replace(/^\xef\xbb\xbf/, ''))
  )
    throw badImage(notTaken('SVG'));
  if (/^P[1-7Ff][\s#]/.test(latin(head.subarray(0, 3)))) throw badImage(notTaken('Netpbm'));
  throw badImage('not a picture, or of an unknown format');
}

function begins(head: Uint8Array, [at, text]: Signature): boolean {
  return Array.from(text).every((sign, i) => sign === '?' || head[at + i] === sign.charCodeAt(0));
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** HEIF files hold AV1 (AVIF) or other codings, as the brands of their first box say. */
function avif(head: Uint8Array): 'avif' {
  const size = Math.min(head.length, new DataView(head.buffer, head.byteOffset).getUint32(0));
  const text = latin(head.subarray(8, Math.max(12, size)));
  const brands: readonly string[] = text.match(/[^]{4}/g) ?? [];
  if (brands.includes('avif') || brands.includes('avis')) return 'avif';
  throw badImage('HEIC picture (HEVC compression), which cannot be read; convert it to JPEG');
}

const DNG_VERSION = 50706;
const SUBFILE_TYPE = 254;
const PHOTOMETRIC = 262;
/** What the values of a sensor are called: of a colour filter array, linear. */
const SENSOR_VALUES = [32803, 34892];

/** DNG, NEF, ARW and others are TIFF files whose first picture is a thumbnail, or the bare values of a sensor. */
function tiff(head: Uint8Array): 'tiff' {
  const tags = firstTags(head);
  const isRaw =
    tags.has(DNG_VERSION) ||
    ((tags.get(SUBFILE_TYPE) ?? 0) & 1) === 1 ||
    SENSOR_VALUES.includes(tags.get(PHOTOMETRIC) ?? 0);
  if (isRaw) throw badImage(notTaken('camera raw'));
  return 'tiff';
}

/** Values of the first directory's tags, as far as it lies within the head of a classic TIFF; else none. */
function firstTags(head: Uint8Array): ReadonlyMap<number, number> {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const tags = new Map<number, number>();
  if (head.length < 8) return tags;
  const isLittle = head[0] === 0x49;
  const at = view.getUint32(4, isLittle);
  if (view.getUint16(2, isLittle) !== 42 || at + 2 > head.length) return tags;
  const count = view.getUint16(at, isLittle);
  for (let entry = at + 2; entry + 12 <= head.length && tags.size < count; entry += 12) {
    const isShort = view.getUint16(entry + 2, isLittle) === 3;
    const value = isShort ? view.getUint16(entry + 8, isLittle) : view.getUint32(entry + 8, isLittle);
    tags.set(view.getUint16(entry, isLittle), value);
  }
  return tags;
}
