import type { Tensor } from '../tensor.ts';
import { cellIndex, type LayerGrid } from './layer-grid.ts';
import type { DifferentiableTargets, TargetMaps } from './targets.ts';
import { upsampleMap } from './upsampled-coefficients.ts';

/**
 * Gradient × activation at a cut before the target: Σ over channels of A · ∂target/∂A at every place, rectified and
 * interpolated to the picture.
 *
 * For a target that is linear from the cut on, each place gets exactly its share; at the concepts' own layer that
 * is the coefficient itself, at an earlier one a finer grid of it.
 * Source  Draelos & Carin 2020, "HiResCAM", eq. 3.
 */
export async function hiresCam(
  targets: DifferentiableTargets,
  activations: Tensor<'float32'>,
  layer: LayerGrid,
  size: readonly [height: number, width: number],
): Promise<TargetMaps> {
  const { gradients } = await targets.gradients(activations);
  const { channels, cells, positions, at } = cellIndex(layer);
  return Array.from({ length: targets.count }, (_, target) => {
    const base = target * channels * positions;
    const shares = Float32Array.from({ length: cells }, (_, cell) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++)
        sum += gradients[base + at(cell, channel)] * activations.data[at(cell, channel)];
      return Math.max(0, sum);
    });
    return upsampleMap(shares, layer.grid, size);
  });
}
