import type { Sharp } from 'sharp';
import { isLibraryKernel, resample, type Levels } from '../images/resample.ts';
import type { FitOptions, LibraryKernel, ResizeKernel } from '../platform.ts';
import { coverGeometry } from './fit-geometry.ts';

/** A picture that is not decoded yet: its upright size and a pipeline that starts with its pixels. */
export interface Undecoded {
  readonly width: number;
  readonly height: number;
  readonly pixels: Sharp;
}

/**
 * Fits a picture into its frame (absent: as it is) and reads its levels: libvips resizes by its own kernels while it
 * decodes, for those of other libraries the whole picture is decoded first. `padding` is the level beside a picture that
 * is contained.
 */
export async function fitPixels(
  picture: Undecoded,
  fit: FitOptions | undefined,
  readLevels: (pixels: Sharp) => Promise<Levels>,
  padding: number,
): Promise<Levels> {
  if (fit === undefined) return readLevels(picture.pixels);
  const { kernel } = fit;
  if (isLibraryKernel(kernel))
    return asLibrary(await readLevels(picture.pixels), { ...fit, kernel }, padding);
  return readLevels(asVips(picture, { ...fit, kernel }, padding));
}

type VipsFit = FitOptions & { readonly kernel: Exclude<ResizeKernel, LibraryKernel> };

function asVips(picture: Undecoded, fit: VipsFit, padding: number): Sharp {
  const { width, height, kernel } = fit;
  const { pixels } = picture;
  if (fit.fit === 'stretch') return pixels.resize(width, height, { fit: 'fill', kernel });
  if (fit.fit === 'contain') {
    const background = { r: padding, g: padding, b: padding };
    return pixels.resize(width, height, { fit: 'contain', kernel, background });
  }
  const cover = coverGeometry(picture, fit);
  return pixels
    .resize(cover.width, cover.height, { fit: 'fill', kernel })
    .extract({ left: cover.left, top: cover.top, width, height });
}

type LibraryFit = FitOptions & { readonly kernel: LibraryKernel };

function asLibrary(picture: Levels, fit: LibraryFit, padding: number): Levels {
  const { width, height, kernel } = fit;
  if (fit.fit === 'stretch') return resample(picture, kernel, fit);
  if (fit.fit === 'cover') {
    const { left, top, ...size } = coverGeometry(picture, fit);
    return placed(resample(picture, kernel, size), fit, [-left, -top], padding);
  }
  const scale = Math.min(width / picture.width, height / picture.height);
  const size = {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
  const at = [Math.floor((width - size.width) / 2), Math.floor((height - size.height) / 2)] as const;
  return placed(resample(picture, kernel, size), fit, at, padding);
}

/** The picture with its corner at a place of a frame. */
function placed(
  picture: Levels,
  { width, height }: Pick<FitOptions, 'width' | 'height'>,
  [left, top]: readonly [left: number, top: number],
  padding: number,
): Levels {
  const { channels } = picture;
  const data = new Uint8Array(width * height * channels).fill(padding);
  const [start, end] = [Math.max(0, left), Math.min(width, left + picture.width)];
  for (let row = Math.max(0, top); row < Math.min(height, top + picture.height); row++) {
    const source = ((row - top) * picture.width + start - left) * channels;
    data.set(
      picture.data.subarray(source, source + (end - start) * channels),
      (row * width + start) * channels,
    );
  }
  return { width, height, channels, data };
}
