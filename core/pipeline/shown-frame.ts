import type { FitOptions } from '../platform.ts';

/** Pictures are shown at this many times the model's input, where the file has the detail. */
const SHARPNESS = 2;

/** The model's frame at as many times the size as pictures are shown at. */
export function shownFrame({ resizeShort, width, height, ...rest }: FitOptions): FitOptions {
  return {
    ...rest,
    width: width * SHARPNESS,
    height: height * SHARPNESS,
    ...(resizeShort !== undefined && { resizeShort: resizeShort * SHARPNESS }),
  };
}
