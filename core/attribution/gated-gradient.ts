import type { Tensor } from '../tensor.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { saliency } from './saliency.ts';
import { pixelsOf, type DifferentiableTargets, type TargetMaps } from './targets.ts';

/** Smoothing of the saliency as a share of a cell of the layer's grid: enough to close the gaps of strided layers. */
const SMOOTHING = 1 / 4;

/**
 * Saliency, smoothed and gated by a coarse map of where the target is: the geometric mean of the two.
 *
 * The gradient says which pixels matter but is noisy and also answers to the surroundings; the coefficients say
 * where the concept is, but a position of a late layer sees further than its cell. Bright is where both agree.
 *
 * Shapes   `gates`, one map at the picture's size for each target, >= 0; `cell` in pixels.
 * Source   the idea of Guided Grad-CAM, Selvaraju et al. 2017, section 3.2.
 * Differs  the plain gradient instead of guided backpropagation, which does not depend on the model's later weights;
 *          the root, which keeps the two factors' scale.
 */
export async function gatedGradient(
  targets: DifferentiableTargets,
  x: Tensor<'float32'>,
  gates: readonly Float32Array[],
  cell: number,
): Promise<TargetMaps> {
  const size = pixelsOf(targets);
  const maps = await saliency(targets, x);
  return maps.map((map, target) =>
    gaussianBlur(map, size, SMOOTHING * cell).map((value, pixel) =>
      Math.sqrt(value * Math.max(0, gates[target][pixel])),
    ),
  );
}
