import type { Tensor } from '../tensor.ts';
import { cellIndex, type LayerGrid } from './layer-grid.ts';
import type { DifferentiableTargets, TargetMaps } from './targets.ts';
import { upsampleMap } from './upsampled-coefficients.ts';

/** A value of one picture's activations, or of a target's gradient with respect to them. */
type ValueAt = (cell: number, channel: number) => number;

/**
 * Maps of every target from the activations of one picture (batch 1) at a cut before the targets, [height, width]
 * each. `targets` are functions of these activations.
 */
export type ActivationMaps = (
  targets: DifferentiableTargets,
  activations: Tensor<'float32'>,
  layer: LayerGrid,
  size: readonly [height: number, width: number],
) => Promise<TargetMaps>;

/**
 * A method that gives every cell of the cut's grid a value from the gradient and the activations: `cellsOf` one
 * target; what speaks against the target is dropped, the rest interpolated to the picture.
 */
export function rectifiedMaps(
  cellsOf: (gradient: ValueAt, activation: ValueAt, cells: number, channels: number) => Float32Array,
): ActivationMaps {
  return async (targets, activations, layer, size) => {
    const { gradients } = await targets.gradients(activations);
    const { channels, cells, positions, at } = cellIndex(layer);
    const activation: ValueAt = (cell, channel) => activations.data[at(cell, channel)];
    return Array.from({ length: targets.count }, (_, target) => {
      const base = target * channels * positions;
      const values = cellsOf(
        (cell, channel) => gradients[base + at(cell, channel)],
        activation,
        cells,
        channels,
      );
      return upsampleMap(
        values.map((value) => Math.max(0, value)),
        layer.grid,
        size,
      );
    });
  };
}
