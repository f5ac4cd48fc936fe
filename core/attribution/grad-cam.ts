import { rectifiedMaps } from './activation-maps.ts';

/**
 * Grad-CAM at any cut before the target: channels weighted by their mean gradient over the positions, summed, and
 * what speaks against the target dropped; interpolated to the picture.
 *
 * Source  Selvaraju et al. 2017, eq. 1 and 2.
 * Limits  A channel counts everywhere as much as on average; hires-cam weighs each place by its own gradient.
 */
export const gradCam = rectifiedMaps((gradient, activation, cells, channels) => {
  const cam = new Float32Array(cells);
  for (let channel = 0; channel < channels; channel++) {
    let weight = 0;
    for (let cell = 0; cell < cells; cell++) weight += gradient(cell, channel);
    weight /= cells;
    for (let cell = 0; cell < cells; cell++) cam[cell] += weight * activation(cell, channel);
  }
  return cam;
});
