import type { Tensor } from '../tensor.ts';
import { cellIndex, type LayerGrid } from './layer-grid.ts';
import type { DifferentiableTargets, TargetMaps } from './targets.ts';
import { upsampleMap } from './upsampled-coefficients.ts';

/**
 * Grad-CAM at any cut before the target: channels weighted by their mean gradient over the positions, summed, and
 * what speaks against the target dropped; interpolated to the picture.
 *
 * `targets` are functions of the activations at the cut; `activations` are those of one picture, batch 1.
 * Source  Selvaraju et al. 2017, eq. 1 and 2.
 * Limits  A channel counts everywhere as much as on average; hires-cam weighs each place by its own gradient.
 */
export async function gradCam(
  targets: DifferentiableTargets,
  activations: Tensor<'float32'>,
  layer: LayerGrid,
  size: readonly [height: number, width: number],
): Promise<TargetMaps> {
  const { gradients } = await targets.gradients(activations);
  const { channels, cells, positions, at } = cellIndex(layer);
  return Array.from({ length: targets.count }, (_, target) => {
    const base = target * channels * positions;
    const cam = new Float32Array(cells);
    for (let channel = 0; channel < channels; channel++) {
      let weight = 0;
      for (let cell = 0; cell < cells; cell++) weight += gradients[base + at(cell, channel)];
      weight /= cells;
      for (let cell = 0; cell < cells; cell++) cam[cell] += weight * activations.data[at(cell, channel)];
    }
    return upsampleMap(
      cam.map((value) => Math.max(0, value)),
      layer.grid,
      size,
    );
  });
}
