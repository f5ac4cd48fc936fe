import type { Tensor } from '../tensor.ts';
import { overChannels, type DifferentiableTargets, type TargetMaps } from './targets.ts';

/**
 * Gradient × input: the share of each pixel in the target were it linear, Σ over channels of (x - baseline) · ∂target/∂x.
 * Signed.
 *
 * The baseline is 0, the mean colour after normalisation, unless given: a pixel like it counts nothing, whatever its
 * gradient.
 * Source  Shrikumar et al. 2016, "Not just a black box", section 2.
 */
export async function gradientInput(
  targets: DifferentiableTargets,
  x: Tensor<'float32'>,
  baseline: Float32Array = new Float32Array(x.data.length),
): Promise<TargetMaps> {
  const { gradients } = await targets.gradients(x);
  const size = x.data.length;
  const products = gradients.map((value, i) => value * (x.data[i % size] - baseline[i % size]));
  return overChannels(products, targets, (sum, value) => sum + value);
}
