import type { PictureLayout } from './picture-layout.ts';

/** The mean over 3 × 3 pixels, so many times; at the edges the nearest pixels stand for those outside. */
export function smoothed(picture: Float32Array, layout: PictureLayout, times: number): Float32Array {
  if (times === 0) return picture;
  const { channels, height, width } = layout;
  const isPlanar = layout.layout === 'NCHW';
  const step = isPlanar ? 1 : channels;
  const alongRows = { lines: isPlanar ? channels * height : height, size: width, step };
  const alongColumns = { lines: isPlanar ? channels : 1, size: height, step: width * step };
  const [across, out] = [new Float32Array(picture.length), new Float32Array(picture.length)];
  for (let time = 0; time < times; time++) {
    meansOfThree(time === 0 ? picture : out, across, alongRows);
    meansOfThree(across, out, alongColumns);
  }
  return out;
}

/**
 * The mean of each value and its two neighbours in a line; at the ends the value stands for the one that is lacking.
 *
 * Shapes   values [lines, size, step], neighbours lie `step` apart.
 */
function meansOfThree(
  from: Float32Array,
  to: Float32Array,
  { lines, size, step }: { readonly lines: number; readonly size: number; readonly step: number },
): void {
  for (let line = 0; line < lines; line++) {
    const first = line * size * step;
    const last = first + (size - 1) * step;
    const next = size > 1 ? step : 0;
    for (let at = first; at < first + step; at++) to[at] = (from[at] + from[at] + from[at + next]) / 3;
    for (let at = first + step; at < last; at++) to[at] = (from[at - step] + from[at] + from[at + step]) / 3;
    if (size > 1)
      for (let at = last; at < last + step; at++) to[at] = (from[at - step] + from[at] + from[at]) / 3;
  }
}
