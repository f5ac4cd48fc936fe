/*
 * Which pictures are taken, and what is said of those that are not. The file's first bytes decide (core/runtime); names
 * only tell which files of a folder are worth opening, and which of the others to speak of.
 */

/** The formats that are taken, for people. */
export const TAKEN_FORMATS = 'JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP';

/** Files of these names are opened as pictures. */
const PICTURE_NAME = /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|bmp|dib|heic|heif)$/i;

/** Kinds of pictures that are not taken, by the endings of their names. */
const OTHER_KINDS: Readonly<Record<string, readonly string[]>> = {
  DICOM: ['dcm', 'dicom'],
  'camera raw': [
    ...['dng', 'cr2', 'cr3', 'crw', 'nef', 'nrw', 'arw', 'srf', 'sr2', 'raf', 'orf', 'rw2', 'pef', 'raw'],
    ...['3fr', 'iiq', 'x3f', 'srw', 'kdc', 'dcr', 'mrw', 'erf', 'mef', 'mos', 'rwl'],
  ],
  SVG: ['svg', 'svgz'],
  PDF: ['pdf'],
  PostScript: ['eps', 'ps', 'ai'],
  'JPEG XL': ['jxl'],
  'JPEG 2000': ['jp2', 'j2k', 'jpf', 'jpx', 'jpc'],
  'JPEG XR': ['jxr', 'wdp', 'hdp'],
  Photoshop: ['psd', 'psb'],
  GIMP: ['xcf'],
  OpenEXR: ['exr'],
  Radiance: ['hdr'],
  Netpbm: ['ppm', 'pgm', 'pbm', 'pnm', 'pam', 'pfm'],
  Targa: ['tga'],
  DirectDraw: ['dds'],
  icon: ['ico', 'icns', 'cur'],
  'Windows metafile': ['wmf', 'emf'],
  NIfTI: ['nii', 'nii.gz'],
  'MetaImage or NRRD': ['mha', 'mhd', 'nrrd', 'nhdr'],
  FITS: ['fits', 'fit', 'fts'],
  VIPS: ['v', 'vips'],
  'whole-slide': ['svs', 'ndpi', 'mrxs', 'scn', 'vms', 'bif', 'czi'],
  QOI: ['qoi'],
};

const KIND_OF_ENDING = new Map(
  Object.entries(OTHER_KINDS).flatMap(([kind, endings]) => endings.map((ending) => [ending, kind] as const)),
);

/** Is a file of this name opened as a picture? */
export function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}

/** Why a file of this name is not taken; undefined where it is no picture by its name, or one that is opened. */
export function refusalByName(name: string): string | undefined {
  const [, ...endings] = name.toLowerCase().split('.');
  const kind = KIND_OF_ENDING.get(endings.slice(-2).join('.')) ?? KIND_OF_ENDING.get(endings.at(-1) ?? '');
  return kind === undefined ? undefined : notTaken(kind);
}

/** Says of a picture that is not taken what it is, and what to do. */
export function notTaken(kind: string): string {
  return `${kind} picture, which is not taken; convert it to PNG or JPEG`;
}
