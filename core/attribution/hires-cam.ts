import { rectifiedMaps } from './activation-maps.ts';

/**
 * Gradient × activation at a cut before the target: Σ over channels of A · ∂target/∂A at every place, rectified and
 * interpolated to the picture.
 *
 * For a target that is linear from the cut on, each place gets exactly its share; at the concepts' own layer that
 * is the coefficient itself, at an earlier one a finer grid of it.
 * Source  Draelos & Carin 2020, "HiResCAM", eq. 3.
 */
export const hiresCam = rectifiedMaps((gradient, activation, cells, channels) =>
  Float32Array.from({ length: cells }, (_, cell) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += gradient(cell, channel) * activation(cell, channel);
    return sum;
  }),
);
