import { isLibraryKernel } from '../images/resample.ts';
import type { FitOptions } from '../platform.ts';

/** Resize a picture to `width` x `height`, then cut the model's window out at `left`, `top`. */
export interface CoverGeometry {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/**
 * How a picture of `width` x `height` pixels is made to cover the wanted window: scaled with its proportions so
 * that the shorter side has `resizeShort` pixels (absent: so that it just covers the window), then the centre cut.
 * The long side is rounded down, as torchvision's Resize does, and the offsets to the nearest: halves up, with the
 * kernels of Pillow to the even number, as torchvision's CenterCrop, and with those of OpenCV and TensorFlow down, as
 * `(height - size) // 2` does. A `resizeShort` too small for the window is raised until the window is covered.
 */
export function coverGeometry(picture: { width: number; height: number }, fit: FitOptions): CoverGeometry {
  const covering = Math.max(fit.width / picture.width, fit.height / picture.height);
  const short = Math.min(picture.width, picture.height);
  const scale = fit.resizeShort === undefined ? covering : Math.max(covering, fit.resizeShort / short);
  const width = Math.max(fit.width, scaled(picture.width, scale));
  const height = Math.max(fit.height, scaled(picture.height, scale));
  return {
    width,
    height,
    left: centred(width - fit.width, fit.kernel),
    top: centred(height - fit.height, fit.kernel),
  };
}

/** Pixels before the window, of those that are cut away. */
function centred(rest: number, kernel: FitOptions['kernel']): number {
  const half = Math.floor(rest / 2);
  if (!isLibraryKernel(kernel)) return Math.round(rest / 2);
  const isUp = kernel.startsWith('pil') && rest % 2 === 1 && half % 2 === 1;
  return isUp ? half + 1 : half;
}

/** Rounded down, but not because of the last bit: 333 · (224 / 333) must be 224. */
function scaled(length: number, scale: number): number {
  return Math.floor(length * scale + 1e-6);
}
