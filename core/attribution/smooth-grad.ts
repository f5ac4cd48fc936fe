import type { Tensor } from '../tensor.ts';
import { noisyGradients, type NoiseOptions } from './noisy-gradients.ts';
import { overChannels, type DifferentiableTargets, type TargetMaps } from './targets.ts';

/**
 * SmoothGrad: saliency of the gradient averaged over noisy copies of the picture.
 *
 * Source  Smilkov et al. 2017, section 3; 10 to 20 % noise and tens of copies are theirs.
 */
export async function smoothGrad(
  targets: DifferentiableTargets,
  x: Tensor<'float32'>,
  options: NoiseOptions = {},
): Promise<TargetMaps> {
  const { mean } = await noisyGradients(targets, x, options);
  return overChannels(mean, targets, (largest, value) => Math.max(largest, Math.abs(value)));
}
