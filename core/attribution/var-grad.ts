import type { Tensor } from '../tensor.ts';
import { noisyGradients, type NoiseOptions } from './noisy-gradients.ts';
import { overChannels, type DifferentiableTargets, type TargetMaps } from './targets.ts';

/**
 * VarGrad: variance of the gradient over noisy copies of the picture, summed over the channels.
 *
 * Source  Adebayo et al. 2018, "Sanity Checks for Saliency Maps", section 2.
 */
export async function varGrad(
  targets: DifferentiableTargets,
  x: Tensor<'float32'>,
  options: NoiseOptions = {},
): Promise<TargetMaps> {
  const { variance } = await noisyGradients(targets, x, options);
  return overChannels(variance, targets, (sum, value) => sum + value);
}
