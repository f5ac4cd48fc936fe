import type { Tensor } from '../tensor.ts';
import { overChannels, type DifferentiableTargets, type TargetMaps } from './targets.ts';

/**
 * Saliency: the largest |∂target/∂pixel| over the channels, where a small change of the picture matters most.
 *
 * Source  Simonyan, Vedaldi & Zisserman 2014, section 3.
 * Limits  A gradient of many layers is noise-like from pixel to pixel, and small inside areas of one colour, so that it
 *         covers a part less well than coefficients do: IoU 0.46 against 0.54 on the demo's parts
 *         (test/bench/localisation.bench.ts). smooth-grad averages the noise out, gated-gradient smooths it.
 */
export async function saliency(targets: DifferentiableTargets, x: Tensor<'float32'>): Promise<TargetMaps> {
  const { gradients } = await targets.gradients(x);
  return overChannels(gradients, targets, (largest, value) => Math.max(largest, Math.abs(value)));
}
