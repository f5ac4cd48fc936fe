import { RESIZE_KERNELS, type LibraryKernel } from '../platform.ts';

/**
 * Ways to resize that are those of a library, level by level; the others ({@link RESIZE_KERNELS}) are libvips'.
 *
 * - pil-bilinear, pil-bicubic: Pillow's `Image.resize`, which torchvision and timm use: the filter grows with the
 *   reduction (antialias); in fixed point, columns before rows, each rounded to 8 bits. Exact.
 * - opencv-linear: `cv2.resize` with INTER_LINEAR, without antialias. Within one level: OpenCV computes in 11 bits.
 * - tensorflow-bilinear: `tf.image.resize(antialias=False)` of TensorFlow 2, centres of pixels at one half.
 * - tensorflow-legacy: `resize_bilinear` of TensorFlow 1, corners of pixels at zero. TensorFlow keeps fractions of
 *   levels; here they are rounded, so that both are within half a level.
 *
 * Checked against the libraries in test/core/images/resample.test.ts.
 */
const KERNELS: Record<LibraryKernel, (picture: Levels, size: Size) => Levels> = {
  'pil-bilinear': (picture, size) => antialiased(picture, size, TRIANGLE),
  'pil-bicubic': (picture, size) => antialiased(picture, size, CUBIC),
  'opencv-linear': (picture, size) => betweenNeighbours(picture, size, halfPixel),
  'tensorflow-bilinear': (picture, size) => betweenNeighbours(picture, size, halfPixel),
  'tensorflow-legacy': (picture, size) => betweenNeighbours(picture, size, corner),
};

/** Is this a way to resize of this file? */
export function isLibraryKernel(kernel: string): kernel is LibraryKernel {
  return (RESIZE_KERNELS.libraries as readonly string[]).includes(kernel);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** 8-bit levels [height, width, channels], row-major. */
export interface Levels extends Size {
  readonly channels: number;
  readonly data: Uint8Array;
}

/** The picture in another size, at least 1 x 1, its proportions as asked for. */
export function resample(picture: Levels, kernel: LibraryKernel, size: Size): Levels {
  if (picture.width === size.width && picture.height === size.height) return picture;
  return KERNELS[kernel](picture, size);
}

interface Filter {
  /** Distance from which on the weight is 0. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const TRIANGLE: Filter = { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };

/** Keys' cubic with a = -1/2. */
const CUBIC: Filter = {
  support: 2,
  weight: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/** Bits behind the point of Pillow's weights: 32 less 8 of a level and 2 for sums above 255. */
const FIXED = 2 ** 22;

/** Source  Pillow, src/libImaging/Resample.c. */
function antialiased(picture: Levels, { width, height }: Size, filter: Filter): Levels {
  const wide = alongAxis(picture, 'width', width, filter);
  return alongAxis(wide, 'height', height, filter);
}

function alongAxis(picture: Levels, axis: 'width' | 'height', to: number, filter: Filter): Levels {
  const from = picture[axis];
  if (from === to) return picture;
  const { channels } = picture;
  const size = { width: picture.width, height: picture.height, [axis]: to };
  const data = new Uint8Array(size.width * size.height * channels);
  const step = axis === 'width' ? channels : picture.width * channels;
  // A line crosses all the places that are weighed alike: the columns of a row's pixel, or the values of a whole row.
  const lines = axis === 'width' ? picture.height : 1;
  const across = axis === 'width' ? channels : picture.width * channels;
  for (let place = 0; place < to; place++) {
    const { first, weights } = tapsAt(place, from, to, filter);
    for (let line = 0; line < lines; line++) {
      const source = line * from * step + first * step;
      const target = line * to * step + place * step;
      for (let i = 0; i < across; i++) {
        let sum = FIXED / 2;
        for (let tap = 0; tap < weights.length; tap++)
          sum += picture.data[source + tap * step + i] * weights[tap];
        data[target + i] = Math.max(0, Math.min(255, Math.floor(sum / FIXED)));
      }
    }
  }
  return { ...size, channels, data };
}

function tapsAt(place: number, from: number, to: number, { support, weight }: Filter) {
  const scale = from / to;
  const spread = Math.max(1, scale);
  const centre = (place + 0.5) * scale;
  const first = Math.max(0, Math.trunc(centre - support * spread + 0.5));
  const end = Math.min(from, Math.trunc(centre + support * spread + 0.5));
  const own = Array.from({ length: end - first }, (_, i) => weight((i + first - centre + 0.5) / spread));
  const total = own.reduce((sum, value) => sum + value, 0);
  return { first, weights: own.map((value) => awayFromZero((value / total) * FIXED)) };
}

function awayFromZero(value: number): number {
  return value < 0 ? Math.trunc(value - 0.5) : Math.trunc(value + 0.5);
}

type CentreOf = (place: number, scale: number) => number;
const halfPixel: CentreOf = (place, scale) => (place + 0.5) * scale - 0.5;
const corner: CentreOf = (place, scale) => place * scale;

/** Each pixel from the two by two next to it, however much smaller the picture becomes. */
function betweenNeighbours(picture: Levels, { width, height }: Size, centreOf: CentreOf): Levels {
  const { channels, data } = picture;
  const columns = neighbours(picture.width, width, centreOf);
  const rows = neighbours(picture.height, height, centreOf);
  const out = new Uint8Array(width * height * channels);
  let target = 0;
  for (const row of rows) {
    const [upper, lower] = [row.first, row.second].map((at) => at * picture.width);
    for (const column of columns) {
      for (let channel = 0; channel < channels; channel++) {
        const level = (line: number, at: number): number => data[(line + at) * channels + channel];
        const above = mixed(level(upper, column.first), level(upper, column.second), column.share);
        const below = mixed(level(lower, column.first), level(lower, column.second), column.share);
        out[target++] = Math.round(mixed(above, below, row.share));
      }
    }
  }
  return { width, height, channels, data: out };
}

function neighbours(from: number, to: number, centreOf: CentreOf) {
  return Array.from({ length: to }, (_, place) => {
    const centre = Math.max(0, Math.min(from - 1, centreOf(place, from / to)));
    const first = Math.floor(centre);
    return { first, second: Math.min(first + 1, from - 1), share: centre - first };
  });
}

function mixed(first: number, second: number, share: number): number {
  return first + (second - first) * share;
}
